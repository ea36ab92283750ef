/** The camelCase form of a snake_case name, in types. */
type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

/** The same fields under camelCase names. */
export type CamelCased<Fields> = {
  [Name in keyof Fields as Name extends string ? CamelCase<Name> : Name]: Fields[Name]
}

/**
 * A function that renames the given snake_case fields to the camelCase of the code and leaves out undefined ones.
 *
 * The names are worked out once, here, and not for every row of a table.
 */
export function camelCaser<Fields extends object>(names: readonly string[]): (fields: Fields) => CamelCased<Fields> {
  const pairs = names.map(
    (name) => [name, name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] as const,
  )
  return (fields) => {
    const source = fields as Record<string, unknown>
    const renamed: Record<string, unknown> = {}
    for (const [from, to] of pairs) if (source[from] !== undefined) renamed[to] = source[from]
    return renamed as CamelCased<Fields>
  }
}
