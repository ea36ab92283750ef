import { docstringsIn } from '../../../src/docs/metric-docstring.js'

const SOURCE = `import { ok } from '../definition.js'

/** Not a metric. */
export const HALF = 0.5

/**
 * What a dollar became,
 * in one line.
 *
 * Formula: E(T) / E(start) − 1.
 * Unit: ratio; above −1.
 * Undefined when: there is no equity (no_equity); or the window
 * is empty.
 * Convention: flows are taken out.
 * Source: a book.
 */
export const growth: WindowMetric = {
  name: 'growth',
}
`

test('a docstring is taken apart by its titles; lines that go on belong to the part before', () => {
  expect([...docstringsIn(SOURCE)]).toEqual([
    [
      'growth',
      {
        headline: 'What a dollar became, in one line.',
        formula: 'E(T) / E(start) − 1.',
        unit: 'ratio; above −1.',
        undefinedWhen: 'there is no equity (no_equity); or the window is empty.',
        convention: 'flows are taken out.',
        source: 'a book.',
      },
    ],
  ])
})

test('a part that is missing is an error that names the metric', () => {
  expect(() => docstringsIn(SOURCE.replace(' * Formula: E(T) / E(start) − 1.\n', ''))).toThrow(
    'the docstring of growth lacks its formula',
  )
})
