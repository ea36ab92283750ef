import type { FormulaText } from '../domain/explanation.js'
import type { MetricDescription } from '../domain/metric.js'
import type { MetricDocstring } from './metric-docstring.js'

/** What the running program says of each metric's formula: a source file made of the same docstrings as the page. */
export function renderFormulaTexts(
  dictionary: readonly MetricDescription[],
  docstrings: ReadonlyMap<string, MetricDocstring>,
): string {
  const entries = dictionary.flatMap(({ name }) => {
    const docstring = docstrings.get(name)
    return docstring === undefined ? [] : [`  ${name}: ${literal(textOf(docstring))},`]
  })
  return [
    "import type { FormulaText } from '../../domain/explanation.js'",
    '',
    '/** Generated from the docstrings of the metrics by `npm run generate`; do not edit. */',
    'export const FORMULA_TEXTS: Readonly<Record<string, FormulaText>> = {',
    ...entries,
    '}',
    '',
  ].join('\n')
}

function textOf({ formula, undefinedWhen, convention, source }: MetricDocstring): FormulaText {
  return { formula, undefinedWhen, convention, source }
}

function literal(text: FormulaText): string {
  const fields = Object.entries(text).map(([key, value]) => `    ${key}: ${JSON.stringify(value)},`)
  return ['{', ...fields, '  }'].join('\n')
}
