import { type CalcOptions, calculateCases } from '../../../src/app/calc/calculate-cases.js'
import { parseCases, rejected } from '../../../src/app/calc/parse-cases.js'

const fill = { side: 'buy', qty: 1, price: 1 }
const OPTIONS: CalcOptions = { metrics: [], raw: true }

function resultsOf(input: unknown, options = OPTIONS) {
  return calculateCases(parseCases(typeof input === 'string' ? input : JSON.stringify(input), 'here'), options)
}

/** Throws where anything is wrong. */
function answersOf(input: unknown, options = OPTIONS) {
  const { answers, problems } = resultsOf(input, options)
  if (problems.length > 0) throw rejected('here', problems)
  return answers
}

test.each([
  ['{"input":{"returns":[NaN, 1]}}', 'here is no JSON; JSON has no NaN and no Infinity: write null'],
  ['{"input":', 'here is no JSON: '],
  [5, 'a case must be an object such as { "input": { "returns": [0.01, -0.02] } }; it is 5'],
  [{ metric: 'sharp_annualized', input: {} }, 'calc has no sharp_annualized; did you mean sharpe_annualized?'],
  [{ metric: 'max_drawdown', input: {} }, 'max_drawdown needs returns, or a list of equity in its input'],
  [{ metric: 'avg_holding_minutes', input: { fills: [fill] } }, 'avg_holding_minutes needs ts_minutes of every fill'],
  [{ metric: 'avg_holding_minutes', input: { trades: [{ pnl: 1 }] } }, 'entry_minutes and exit_minutes of every trade'],
  [{ input: {} }, 'no metric can be made of its input; give returns'],
  [{ input: { equity: '12' } }, 'input.equity must be a number or a list of numbers; it is "12"'],
  [{ input: { fills: [{ side: 'buy', qty: 1 }] } }, 'input.fills[0].price is missing; must be a number'],
  [{ input: { returns: [1e30] } }, 'input.returns[0] must be at most 1000000000000000000; it is 1e+30'],
  [{ input: { returns: [] }, params: { alpha: 2 } }, 'params.alpha must be at most 1; it is 2'],
  [{ input: { returns: [] }, params: { maar: 2 } }, 'params.maar is not known; did you mean mar?'],
  [{ input: { fills: [fill], trades: [] } }, 'input.trades stand beside fills'],
  [{ input: { fills: [fill, { ...fill, ts_minutes: 1 }] } }, '1 of 2 have no ts_minutes; give it for all or for none'],
  [
    {
      input: {
        fills: [
          { ...fill, ts_minutes: 1 },
          { ...fill, ts_minutes: 0 },
        ],
      },
    },
    'input.fills[1].ts_minutes is earlier than that of the fill before',
  ],
  [
    { input: { fills: [fill, { ...fill, multiplier: 2 }] } },
    'input.fills[1].multiplier is 2 where the first fill has 1',
  ],
  [{ input: { trades: [{ pnl: 1, entry_minutes: 2, exit_minutes: 1 }] } }, 'trades[0].exit_minutes is before'],
  [{ input: { returns: [1], benchmark: [1, 2] } }, 'input.benchmark has 2 values where returns has 1'],
  [{ input: { returns: [1], equity: [1] } }, 'input.equity is a series beside returns; give one of them'],
  [{ input: { equity: [1, 2], flows: [1, 2] } }, 'input.flows has 2 values where equity has 2'],
  [{ input: { flows: [1] } }, 'input.flows need equity as a list'],
  [{ input: { returns: [1], risk_free: 0 }, params: { risk_free_annual: 0 } }, 'are one rate told twice'],
  [{ input: { returns: Array.from({ length: 400 }, () => 10) } }, 'too large or too small'],
])('refuses %j', (input, message) => {
  expect(() => answersOf(input)).toThrow(message)
})

test('tells twenty mistakes and how many more there are', () => {
  const cases = Array.from({ length: 30 }, () => ({ input: { equity: true } }))
  expect(() => answersOf(cases)).toThrow('case 19: ')
  expect(() => answersOf(cases)).toThrow(/- and 10 more$/)
})

test('a case with a mistake spoils no other', () => {
  const good = { metric: 'win_rate', input: { trades: [{ pnl: 1 }] } }
  const { answers, problems } = resultsOf([{ input: 1 }, good, { metric: 'calmar', input: {} }])
  expect(answers).toEqual([null, { win_rate: { status: 'ok', value: 1, unit: 'ratio' } }, null])
  expect(problems.map((problem) => problem.split(': ')[0])).toEqual(['case 0', 'case 2'])
})

test('null is what is not there', () => {
  const [answer] = answersOf({
    metric: null,
    input: { trades: null, fills: [{ ...fill, commission: null }] },
    params: null,
  })
  expect(answer?.realized_pnl?.value).toBe(0)
  expect(answer?.cost_bps?.reason).toBe('no_cost_source')
})

test('answers by option what some case has the input for, and refuses what none has', () => {
  const cases = [{ input: { equity: [2, 1] } }, { input: { trades: [{ pnl: 1 }] } }]
  const both = { ...OPTIONS, metrics: ['max_drawdown', 'win_rate'] }
  expect(answersOf(cases, both)).toEqual([
    { max_drawdown: { status: 'ok', value: 0.5, unit: 'ratio' } },
    { win_rate: { status: 'ok', value: 1, unit: 'ratio' } },
  ])
  expect(() => answersOf(cases, { ...OPTIONS, metrics: ['position_hhi'] })).toThrow('position_hhi needs exposures')
})

const figureOf = (metric: string, one: object) => {
  const figure = answersOf({ metric, params: { min_observations: 1 }, ...one })[0]?.[metric]
  return figure?.status === 'ok' ? figure.value : figure?.reason
}

test('a rate without risk is one for all periods, one for each, or one of a year', () => {
  const returns = [0.02, -0.01, null, 0.03]
  const sharpe = (input: object, params: object = {}) =>
    figureOf('sharpe_annualized', {
      input: { returns, ...input },
      periods_per_year: 2,
      params: { ...params, min_observations: 1 },
    })
  const expected = sharpe({ risk_free: 0.01 })
  expect(expected).toBeCloseTo((0.01 / 3 / Math.sqrt(0.0013 / 3)) * Math.sqrt(2), 12)
  expect(sharpe({ risk_free: [0.01, 0.01, 0.5, 0.01] })).toBeCloseTo(Number(expected), 12)
  expect(sharpe({}, { risk_free_per_period: 0.01 })).toBe(expected)
  expect(sharpe({}, { risk_free_annual: 1.01 ** 2 - 1 })).toBeCloseTo(Number(expected), 12)
  // Where the rate is not known, the return has no excess.
  expect(sharpe({ risk_free: [0.01, null, null, 0.01] })).toBeCloseTo((0.015 / Math.sqrt(0.00005)) * Math.sqrt(2), 12)
})

test('flows are taken out, also where an equity is not known', () => {
  const known = { input: { equity: [100, 150, 165], flows: [50, 0] } }
  expect(figureOf('cumulative_return', known)).toBeCloseTo(0.1, 15)
  expect(figureOf('max_drawdown', known)).toBe(0)
  expect(figureOf('volatility_annualized', { ...known, periods_per_year: 1 })).toBeCloseTo(0.1 / Math.SQRT2, 15)
  // What came in while nobody looked is in the next value.
  expect(figureOf('cumulative_return', { input: { equity: [100, null, 165], flows: [50, 5] } })).toBeCloseTo(0.1, 15)
  // What came in before the first value is in that.
  expect(figureOf('cumulative_return', { input: { equity: [null, 150, 165], flows: [50, 0] } })).toBeCloseTo(0.1, 15)
})

test('an equity of nothing ends the chain', () => {
  const ruined = { input: { equity: [100, 50, -10, 200] } }
  expect(figureOf('cumulative_return', ruined)).toBe('non_positive_equity')
  expect(figureOf('max_drawdown', ruined)).toBe(1.1)
  expect(figureOf('annualized_return', { ...ruined, periods_per_year: 1 })).toBe(-1)
})

test('fills keep more decimals than orders have', () => {
  const fills = [
    { side: 'buy', qty: 0.001234567891234, price: 0.000012345678912 },
    { side: 'sell', qty: 0.001234567891234, price: 0.000022345678912 },
  ]
  const value = figureOf('realized_pnl', { input: { fills } })
  expect(value).toBeCloseTo(1.234567891234e-8, 16)
  expect(figureOf('position_qty', { input: { fills: fills.slice(0, 1) } })).toBe(0.001234567891234)
  // Less than a lot is flat.
  const rest = [
    { side: 'buy', qty: 1, price: 1 },
    { side: 'sell', qty: 0.9999999995, price: 1 },
  ]
  expect(figureOf('position_qty', { input: { fills: rest } })).toBe(0)
})

test('latencies are percentiles of values, where one is named', () => {
  const input = { values: [10, 20, null, 40] }
  expect(figureOf('submit_to_fill_latency_ms_p50', { input })).toBe(20)
  expect(figureOf('decision_to_submit_latency_ms_p95', { input })).toBeCloseTo(38, 12)
  expect(figureOf('percentile', { input, params: { p: 1 } })).toBe(40)
})
