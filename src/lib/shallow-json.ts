/** Deeper than anything is that is written for people to read. */
const DEEPEST = 16

/**
 * A value that came from elsewhere as JSON, to be told or kept as a text. What lies deeper than sixteen levels is `…`:
 * JSON that is nested without end can be read, and not written again.
 */
export function shallowJson(value: unknown): string {
  return JSON.stringify(cut(value, DEEPEST)) ?? 'undefined'
}

function cut(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return '…'
  if (Array.isArray(value)) return value.map((member: unknown) => cut(member, levels - 1))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cut(member, levels - 1)]))
}
