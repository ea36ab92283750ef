import { type EquityScenario, newYork, observed } from './equity-scenario.js'
import { bar, decision, fact, strategy } from './facts.js'

/** Series, returns and what is made of them, METRICS section 2 and rows 8 to 12, 15, 16 and 41, worked out by hand. */

export interface ReturnScenario extends EquityScenario {
  /** 20 when not given. */
  readonly minObservations?: number
}

const MINUTE_MS = 60_000
const WED = '2026-07-15'
const at = (time: string) => newYork(WED, time)
/** Something happens, or the book would be flat. */
const awake = decision({ at: at('09:30:01') })
const before = observed(newYork('2026-07-14', '15:59:00'), 100_000)
const equities = (from: number, stepMs: number, values: readonly number[]) =>
  values.map((value, index) => observed(from + index * stepMs, value))
/** 100 500, 100 000, 100 500 …: returns of UP and −DOWN, one after the other. */
const waves = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 100_500 : 100_000))
const [UP, DOWN] = [0.005, 500 / 100_500]

const MEAN = (UP - DOWN) / 2
const DEVIATION = ((UP + DOWN) / 2) * Math.sqrt(20 / 19)
/** Cells of five minutes in years of 252 sessions, each with one cell for the night. */
const DAY_PERIODS = (252 * (23_400 + 300)) / 300
const DAY_DOWNSIDE = (DOWN / Math.sqrt(2)) * Math.sqrt(DAY_PERIODS)

const RISK_OF_NOTHING = {
  volatility_annualized: 0,
  downside_volatility_annualized: 0,
  sharpe_annualized: 'zero_variance',
  sortino_annualized: 'no_downside',
  var_95_historical: 0,
  cvar_95_historical: 0,
}
const five = (count: number, values = waves(count)) => equities(at('09:35:00'), 5 * MINUTE_MS, values)

const DAY: readonly ReturnScenario[] = [
  {
    title: 'twenty returns of five minutes',
    facts: [awake, before, ...five(20)],
    at: at('11:10:00'),
    window: '1d',
    expected: {
      volatility_annualized: DEVIATION * Math.sqrt(DAY_PERIODS),
      downside_volatility_annualized: DAY_DOWNSIDE,
      sharpe_annualized: (MEAN / DEVIATION) * Math.sqrt(DAY_PERIODS),
      sortino_annualized: (MEAN * DAY_PERIODS) / DAY_DOWNSIDE,
      var_95_historical: DOWN,
      cvar_95_historical: DOWN,
      calmar: 'not_defined_for_window',
    },
  },
  {
    title: 'nineteen are too few',
    facts: [awake, before, ...five(19)],
    at: at('11:10:00'),
    window: '1d',
    expected: { volatility_annualized: 'too_few_observations', cvar_95_historical: 'too_few_observations' },
  },
  {
    title: 'an account of whose equity nobody knows anything',
    facts: [awake],
    at: at('11:10:00'),
    window: '1d',
    expected: { volatility_annualized: 'no_equity', sharpe_annualized: 'no_equity', var_95_historical: 'no_equity' },
  },
  {
    title: 'twenty times the same',
    facts: [awake, before, ...five(20, Array<number>(20).fill(100_000))],
    at: at('11:10:00'),
    window: '1d',
    expected: RISK_OF_NOTHING,
  },
  {
    title: 'flat is not too few',
    facts: [strategy({ accounts: ['PA1'] })],
    at: at('11:10:00'),
    window: '20d',
    expected: { ...RISK_OF_NOTHING, calmar: 'no_drawdown' },
  },
  {
    title: 'the two worst of twenty-one',
    facts: [awake, before, ...five(21, [...Array<number>(19).fill(100_000), 99_500, 99_400])],
    at: at('11:15:00'),
    window: '1d',
    expected: { var_95_historical: 100 / 99_500, cvar_95_historical: (0.005 + 100 / 99_500) / 2 },
  },
  {
    title: 'a deposit is no return',
    facts: [
      awake,
      before,
      ...five(20, [...waves(10), ...waves(10).map((value) => value + 50_000)]),
      fact('cash_flow', { account: 'PA1', flow_id: 'f', at: at('10:22:00'), amount: 50_000, kind: 'deposit' }),
    ],
    at: at('11:10:00'),
    window: '1d',
    expected: { var_95_historical: DOWN },
  },
  {
    title: 'nothing is chained behind an equity of 0',
    facts: [awake, before, ...five(10), ...equities(at('10:25:00'), 5 * MINUTE_MS, [0, ...waves(12)])],
    at: at('11:30:00'),
    window: '1d',
    expected: { volatility_annualized: 'too_few_observations' },
  },
  {
    title: 'a slower figure is of its own last instant',
    facts: [awake, before, ...five(19), observed(at('11:10:01'), 100_000)],
    at: at('11:10:04.999'),
    window: '1d',
    expected: { max_drawdown: DOWN, volatility_annualized: 'too_few_observations' },
  },
  {
    title: 'and has the next one five seconds later, the slowest not yet',
    facts: [awake, before, ...five(19), observed(at('11:10:01'), 100_000)],
    at: at('11:10:05'),
    window: '1d',
    expected: {
      downside_volatility_annualized: (DOWN / Math.sqrt(2)) * Math.sqrt((252 * 23_700 * 20) / 6_001),
      var_95_historical: 'too_few_observations',
    },
  },
]

const days = ['2026-07-13', '2026-07-14', '2026-07-15', '2026-07-16', '2026-07-17']
const daily = (values: readonly number[], time = '15:30:00') =>
  values.map((value, index) => observed(newYork(days[index] ?? '', time), value))
const FRIDAY = newYork('2026-07-17', '15:30:00')

const SESSIONS: readonly ReturnScenario[] = [
  {
    title: 'a night counts one cell',
    facts: [awake, ...daily([100_000, 100_500, 100_000])],
    at: at('15:30:00'),
    window: '20d',
    minObservations: 2,
    expected: {
      // Two returns of 390 minutes and an hour, of 252 such in a year.
      volatility_annualized: ((UP + DOWN) / 2) * Math.sqrt(2) * Math.sqrt(252),
      calmar: 'window_not_covered',
    },
  },
  {
    title: 'calmar',
    facts: [
      awake,
      observed(newYork('2026-07-10', '15:59:00'), 100_000),
      ...daily([100_500, 100_000, 100_500, 101_000, 100_495]),
    ],
    at: FRIDAY,
    window: '5d',
    minObservations: 5,
    expected: {
      max_drawdown: 0.005,
      // 360 minutes of the first session, then four times a session and its night, in a year of 252 × 420 minutes.
      calmar: (1.00495 ** ((252 * 420) / (360 + 4 * 420)) - 1) / 0.005,
    },
  },
  {
    title: 'calmar of what never fell',
    facts: [
      awake,
      observed(newYork('2026-07-10', '15:59:00'), 100_000),
      ...daily([1, 2, 3, 4, 5].map((k) => 100_000 + k)),
    ],
    at: FRIDAY,
    window: '5d',
    minObservations: 5,
    expected: { calmar: 'no_drawdown', sortino_annualized: 'no_downside' },
  },
]

const friday = observed(newYork('2026-07-10', '15:59:00'), 100_000)
const monday = (time: string) => newYork('2026-07-13', time)
const minutes = (count: number) => equities(monday('09:31:00'), MINUTE_MS, waves(count))
const onMonday = decision({ at: monday('09:30:01') })

const WALL_CLOCK: readonly ReturnScenario[] = [
  {
    title: 'what crosses closed hours is no return of a wall-clock window',
    facts: [onMonday, friday, ...minutes(20)],
    at: monday('09:50:00'),
    window: '1h',
    expected: { cumulative_return: 0, volatility_annualized: 'too_few_observations' },
  },
  {
    title: 'one minute later twenty do not',
    facts: [onMonday, friday, ...minutes(21)],
    at: monday('09:51:00'),
    window: '1h',
    expected: { volatility_annualized: DEVIATION * Math.sqrt(252 * 390) },
  },
  {
    title: 'scenario 15: the night belongs to the return of 1m, and not to its volatility',
    facts: [onMonday, friday, observed(monday('09:30:15'), 97_000)].map((one) =>
      one.fact === 'position_snapshot'
        ? {
            ...one,
            cash: 0n,
            positions: [{ symbol: 'AAA', qty: 10n ** 12n, avgEntryPrice: 10n ** 10n, mark: one.equity / 10n ** 12n }],
          }
        : one,
    ),
    at: monday('09:30:30'),
    window: '1m',
    expected: { cumulative_return: -0.03, volatility_annualized: 'too_few_observations', max_drawdown: 0.03 },
  },
]

const named = strategy({ accounts: ['PA1'], benchmark: 'SPY' })
const bars = (from: number, closes: readonly number[]) =>
  closes.map((close, index) => bar('SPY', from + index * MINUTE_MS, close))
/** Like the book's waves, twice as high. */
const closes = (count: number) => Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 101 : 100))
const BETA = (UP + DOWN) / (0.01 + 1 / 101)
const hour = [decision({ at: at('10:00:00') }), before, ...equities(at('09:31:00'), MINUTE_MS, waves(61))]

function beta(title: string, facts: EquityScenario['facts'], time: string, value: number | string): ReturnScenario {
  return { title, facts, at: at(time), window: '1h', expected: { beta_vs_benchmark: value } }
}

const BENCHMARKS: readonly ReturnScenario[] = [
  beta('half of what the benchmark moves', [named, ...hour, ...bars(at('09:31:00'), closes(61))], '10:31:00', BETA),
  beta('against nothing', [...hour], '10:31:00', 'no_benchmark'),
  beta(
    'a benchmark that stood still',
    [named, ...hour, ...bars(at('09:31:00'), Array<number>(61).fill(100))],
    '10:31:00',
    'zero_variance',
  ),
  beta('a book that stood still, flat', [named, ...bars(at('09:31:00'), closes(61))], '10:31:00', 0),
  beta(
    'what only one of the two has is left out',
    [named, ...hour, ...bars(at('10:10:00'), closes(21))],
    '10:30:00',
    BETA * -1,
  ),
  beta(
    'twenty levels have nineteen returns',
    [named, ...hour, ...bars(at('10:11:00'), closes(20))],
    '10:30:00',
    'too_few_observations',
  ),
  {
    title: 'no beta where a window is short',
    facts: [named, ...hour],
    at: at('10:31:00'),
    window: '15m',
    expected: { beta_vs_benchmark: 'not_defined_for_window' },
  },
]

export const RETURNS: readonly ReturnScenario[] = [...DAY, ...SESSIONS, ...WALL_CLOCK, ...BENCHMARKS]
