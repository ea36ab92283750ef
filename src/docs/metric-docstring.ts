/** What the docstring of a metric's definition says, part by part; text as it stands, with Markdown's own marks. */
export interface MetricDocstring {
  /** One sentence: what the number is. */
  readonly headline: string
  readonly formula: string
  /** Unit, range, sign, and what 0 means. */
  readonly unit: string
  readonly undefinedWhen: string
  readonly convention: string
  readonly source: string
}

const PARTS = {
  formula: 'Formula',
  unit: 'Unit',
  undefinedWhen: 'Undefined when',
  convention: 'Convention',
  source: 'Source',
} as const satisfies Record<Exclude<keyof MetricDocstring, 'headline'>, string>

/** A definition with its docstring, as the sources of metrics are written. */
const DEFINITION = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export const \w+: \w+ = \{\s*name: '(\w+)'/g

/**
 * The docstrings of the metrics that a source file defines, by metric.
 *
 * The docstring beside the function is the one place that says what a metric means; the documentation is made from it.
 * Throws an Error that names the metric and the part that its docstring lacks.
 */
export function docstringsIn(source: string): Map<string, MetricDocstring> {
  const found = new Map<string, MetricDocstring>()
  for (const [, comment = '', name = ''] of source.matchAll(DEFINITION)) found.set(name, parse(comment, name))
  return found
}

function parse(comment: string, name: string): MetricDocstring {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trim())
  const texts = new Map<string, string>()
  let part = 'headline'
  for (const line of lines) {
    const begun = Object.entries(PARTS).find(([, title]) => line.startsWith(`${title}: `))
    if (begun !== undefined) part = begun[0]
    const text = begun === undefined ? line : line.slice(begun[1].length + 2)
    texts.set(part, `${texts.get(part) ?? ''} ${text}`.trim())
  }
  const textOf = (of: keyof MetricDocstring): string => {
    const text = texts.get(of)
    if (text === undefined || text === '') throw new Error(`the docstring of ${name} lacks its ${of}`)
    return text
  }
  return {
    headline: textOf('headline'),
    formula: textOf('formula'),
    unit: textOf('unit'),
    undefinedWhen: textOf('undefinedWhen'),
    convention: textOf('convention'),
    source: textOf('source'),
  }
}
