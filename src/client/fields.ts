/** What came over the wire is not what was agreed: another version answers, or something else altogether. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
}

export type Fields = Readonly<Record<string, unknown>>

export function parseFields(json: string): Fields {
  try {
    return fieldsOf(JSON.parse(json), 'the body')
  } catch (error) {
    if (error instanceof SyntaxError) throw new MalformedAnswer('what came is no JSON', { cause: error })
    throw error
  }
}

export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new MalformedAnswer(`${name} is no object`)
}

export function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === 'string') return value
  throw new MalformedAnswer(`${name} is no text`)
}

export function numberOf(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value === 'number') return value
  throw new MalformedAnswer(`${name} is no number`)
}

export function numberOrNullOf(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : numberOf(fields, name)
}

/** Undefined where there is no such field. */
export function optionalTextOf(fields: Fields, name: string): string | undefined {
  return fields[name] === undefined ? undefined : textOf(fields, name)
}

/** An instant in milliseconds since 1970. */
export function instantOf(fields: Fields, name: string): number {
  const at = Date.parse(textOf(fields, name))
  if (!Number.isNaN(at)) return at
  throw new MalformedAnswer(`${name} is no instant`)
}

export function optionalInstantOf(fields: Fields, name: string): number | undefined {
  return fields[name] === undefined ? undefined : instantOf(fields, name)
}

export function listOf<Item>(fields: Fields, name: string, read: (item: Fields) => Item): readonly Item[] {
  const value = fields[name]
  if (!Array.isArray(value)) throw new MalformedAnswer(`${name} is no list`)
  return value.map((item: unknown) => read(fieldsOf(item, `an item of ${name}`)))
}

/** One of a closed list; what a later version may have added beside it is the last of the list. */
export function choiceOf<const Choice extends string>(
  fields: Fields,
  name: string,
  choices: readonly [...Choice[], Choice],
): Choice {
  const value = textOf(fields, name)
  const found = choices.find((choice) => choice === value) ?? choices.at(-1)
  if (found === undefined) throw new MalformedAnswer(`${name} has no choices`)
  return found
}
