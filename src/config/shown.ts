const LONGEST_SHOWN = 60

/**
 * A value as it may stand in a message: in quotes, on one line, shortened, and without the credentials of a URL that
 * was pasted where none belongs.
 */
export function shown(value: string): string {
  const line = withoutCredentials(value).replace(/\s+/g, ' ')
  return `'${line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line}'`
}

/** The end of a sentence that offers near names; empty when there are none. */
export function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`
}

export function withoutCredentials(text: string): string {
  return text.replace(/\/\/.*@/gs, '//***@')
}
