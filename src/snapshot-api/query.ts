import { type ParameterProblem, shorten } from './problem.js'

interface ParsedQuery {
  /** Of the allowed parameters those that are given once and well formed. */
  readonly values: ReadonlyMap<string, string>
  readonly problems: readonly ParameterProblem[]
}

/**
 * The query of a request target, parsed strictly: a parameter that is unknown, repeated or badly encoded is a problem.
 *
 * Express' own parsers were rejected: one makes objects out of brackets, both pass over bad encoding in silence, and a
 * mistyped filter would silently become another question.
 */
export function parseQuery(target: string, allowed: readonly string[]): ParsedQuery {
  const given = new Map<string, (string | undefined)[]>()
  const problems: ParameterProblem[] = []
  for (const pair of queryOf(target).split('&')) {
    if (pair === '') continue
    const [rawName = '', ...rest] = pair.split('=')
    const name = decode(rawName)
    if (name === undefined)
      problems.push({ parameter: shorten(rawName), problem: 'its name is not valid percent-encoding' })
    else given.set(name, [...(given.get(name) ?? []), decode(rest.join('='))])
  }
  const values = new Map<string, string>()
  for (const [name, occurrences] of given) {
    const [value] = occurrences
    const parameter = shorten(name)
    if (!allowed.includes(name)) problems.push({ parameter, problem: 'unknown parameter', allowed })
    else if (occurrences.length > 1)
      problems.push({ parameter, problem: `given ${occurrences.length} times, may be given once` })
    else if (value === undefined) problems.push({ parameter, problem: 'its value is not valid percent-encoding' })
    else values.set(name, value)
  }
  return { values, problems }
}

function queryOf(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? '' : target.slice(mark + 1)
}

/** Undefined where the text is not valid percent-encoded UTF-8. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}
