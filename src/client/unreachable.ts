/** Why nobody answered, in words, with what fetch hides one level down; browsers tell nobody. */
export function unreachable(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? ` (${String(cause.code)})` : ''
  return `the exporter cannot be reached${code}`
}
