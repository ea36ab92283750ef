import { readFileSync } from 'node:fs'
import { FORMULA_CASES } from '../../support/formulas/battery.js'
import { disagreement, readRegistry, recordedAnew, registryOf, writeRegistry } from '../../support/formulas/registry.js'
import { ALL_METRICS, digestOfResults, formulaResults } from '../../support/formulas/results.js'

/**
 * docs/formula-versions.json says what each version of each formula gives for fixed histories. `npm run formulas` records
 * new metrics, new cases and raised versions, and nothing else.
 */

const results = formulaResults()
const actual = registryOf(results)
if (process.env.RECORD_FORMULAS === '1') writeRegistry(recordedAnew(readRegistry(), actual))
const recorded = readRegistry()
const names = [...new Set([...ALL_METRICS.map(({ name }) => name), ...Object.keys(recorded)])]

describe('a formula that gives something else has another version', () => {
  test.each(names)('%s', (name) => {
    const problem = disagreement(name, recorded, actual)
    if (problem !== undefined) throw new Error(problem)
  })
})

describe('the battery shows what every formula does', () => {
  test.each(ALL_METRICS.map(({ name }) => name))('%s has values, and more than one', (name) => {
    const placed = [...(results.get(name)?.values() ?? [])].flat()
    const values = placed.flatMap(({ result }) => (result.status === 'ok' ? result.value : []))
    expect(new Set(values).size).toBeGreaterThan(1)
  })

  test.each(ALL_METRICS.filter(({ windows }) => windows !== 'level').map((metric) => [metric.name, metric] as const))(
    '%s has a value in each of its windows',
    (name, { windows }) => {
      const placed = [...(results.get(name)?.values() ?? [])].flat()
      const inWindows = placed.flatMap(({ where, result }) => (result.status === 'ok' ? where.split(' ').at(-1) : []))
      const all = ['1m', '5m', '15m', '1h', '1d', '5d', '20d']
      expect([...new Set(inWindows)].sort()).toEqual([...(typeof windows === 'string' ? all : windows)].sort())
    },
  )

  test('nothing of it depends on the order of the facts', () => {
    const backwards = FORMULA_CASES.map((one) => ({ ...one, facts: [...one.facts].reverse() }))
    expect(registryOf(formulaResults(backwards))).toEqual(actual)
  })
})

test('a version after the first is told to who runs it', () => {
  const changelog = readFileSync(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8').split('\n')
  const raised = ALL_METRICS.filter(({ formulaVersion }) => formulaVersion !== 'v1')
  const untold = raised.filter(
    ({ name, formulaVersion }) =>
      !changelog.some((line) => line.includes(`\`${name}\``) && line.includes(formulaVersion)),
  )
  expect(untold.map(({ name, formulaVersion }) => `${name} ${formulaVersion}`)).toEqual([])
})

describe('the registry', () => {
  const metric = ALL_METRICS.find(({ name }) => name === 'gross_exposure')
  const before = {
    gross_exposure: { version: 'v1', meaning: 'm', results: { one: 'a', two: 'b' } },
  }
  const as = (changes: object) => ({ gross_exposure: { ...before.gross_exposure, ...changes } })

  test('tells what to do when a result changed and the version did not, and does not record it', () => {
    const now = as({ results: { one: 'a', two: 'c' } })
    expect(disagreement('gross_exposure', before, now)).toBe(
      'gross_exposure is not what v1 was: another result for "two". If that is meant, raise formulaVersion in ' +
        'src/compute/metrics/…/gross-exposure.ts, then run npm run formulas, and name gross_exposure and the new version in CHANGELOG.md',
    )
    expect(recordedAnew(before, now)).toEqual(before)
  })

  test('tells the same of a unit, a window or a tier', () => {
    expect(disagreement('gross_exposure', before, as({ meaning: 'n' }))).toMatch(/another unit, window, tier or need/)
  })

  test('takes a raised version, with other results or the same', () => {
    for (const now of [as({ version: 'v2' }), as({ version: 'v2', results: { one: 'x' } })]) {
      expect(disagreement('gross_exposure', before, now)).toMatch(/recorded as v1 and says v2: run npm run formulas/)
      expect(recordedAnew(before, now)).toEqual(now)
      expect(disagreement('gross_exposure', now, now)).toBeUndefined()
    }
  })

  test('takes new metrics and new cases, and forgets what is gone', () => {
    expect(disagreement('gross_exposure', {}, before)).toMatch(/not recorded yet: run npm run formulas/)
    expect(recordedAnew({}, before)).toEqual(before)
    const more = as({ results: { one: 'a', three: 'd' } })
    expect(disagreement('gross_exposure', before, more)).toMatch(/other cases/)
    expect(recordedAnew(before, more)).toEqual(more)
    expect(disagreement('gross_exposure', before, {})).toMatch(/no metric any more/)
    expect(recordedAnew(before, {})).toEqual({})
  })

  test('sees a value, a status, a reason, and what a gauge beside shows', () => {
    const digestOf = (result: Parameters<typeof digestOfResults>[1][number]['result'], key = 'n') =>
      digestOfResults({ ...metric, besides: [{ prometheus: 'quant_x', summary: '', key }] } as never, [
        { where: 'here', result },
      ])
    const one = digestOf({ status: 'ok', value: 1, meta: { n: 1, other: 1 } })
    expect(digestOf({ status: 'ok', value: 1 + 1e-15, meta: { n: 1, other: 2 } })).toBe(one)
    const others = [
      digestOf({ status: 'ok', value: 1.000001, meta: { n: 1 } }),
      digestOf({ status: 'ok', value: 1, meta: { n: 2 } }),
      digestOf({ status: 'insufficient_data', reason: 'no_fills' }),
      digestOf({ status: 'insufficient_data', reason: 'no_orders' }),
      digestOf({ status: 'error', reason: 'no_orders' }),
    ]
    expect(new Set([one, ...others]).size).toBe(6)
  })
})
