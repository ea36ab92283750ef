import type { Calendar } from '../../../src/domain/calendar.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import { quotient } from './exact.js'
import type { Answer, ReferenceOptions } from './knowledge.js'
import { counted, grown, returnOf, type SeriesValue, type Step, yearsOf } from './returns.js'
import { areEqual, ascending, mean, percentile, sampleDeviation, total } from './statistics.js'

const CALMAR_WINDOWS: readonly Window[] = ['5d', '20d']
const TAIL = 0.05
/** Of what a deviation needs, whatever is configured. */
const DEVIATION_NEEDS = 2

/** The series of a book over one window: METRICS section 2, "Returns". */
export interface RiskInput {
  readonly window: Window
  readonly start: EpochMs
  readonly at: EpochMs
  readonly calendar: Calendar
  readonly values: readonly SeriesValue[]
  readonly steps: readonly Step[]
  readonly maxDrawdown: Answer
  readonly options: ReferenceOptions
}

export const RISK_METRICS = [
  'volatility_annualized',
  'downside_volatility_annualized',
  'sharpe_annualized',
  'sortino_annualized',
  'calmar',
  'var_95_historical',
  'cvar_95_historical',
] as const
export type RiskMetric = (typeof RISK_METRICS)[number]
export type RiskAnswers = Readonly<Record<RiskMetric, Answer>>

/** What each says where nothing was held and nothing happened. */
const FLAT: RiskAnswers = {
  volatility_annualized: 0,
  downside_volatility_annualized: 0,
  sharpe_annualized: 'zero_variance',
  sortino_annualized: 'no_downside',
  calmar: 'no_drawdown',
  var_95_historical: 0,
  cvar_95_historical: 0,
}

/** METRICS rows 8–12, 15 and 16; a reason stands for all of them, and so does being flat. */
export function riskAnswers(window: Window, input: RiskInput | Reason | 'flat'): RiskAnswers {
  const answers = input === 'flat' ? FLAT : typeof input === 'string' ? all(input) : valuesOf(input)
  return CALMAR_WINDOWS.includes(window) ? answers : { ...answers, calmar: 'not_defined_for_window' }
}

function all(reason: Reason): RiskAnswers {
  return Object.fromEntries(RISK_METRICS.map((name) => [name, reason])) as RiskAnswers
}

function valuesOf(input: RiskInput): RiskAnswers {
  const { window, calendar, options } = input
  const { minObservations: need = 20, riskFreeAnnual = 0 } = options
  const steps = counted(input.steps, window, calendar)
  const returns = steps.map(returnOf)
  const n = returns.length
  if (n < Math.max(1, need)) return all('too_few_observations')

  const years = yearsOf(steps, window, calendar)
  const periodsPerYear = n / years
  const riskFree = (1 + riskFreeAnnual) ** (1 / periodsPerYear) - 1
  const deviation = areEqual(returns) ? 0 : sampleDeviation(returns)
  const downside = Math.sqrt(total(returns.map((value) => Math.min(value, 0) ** 2)) / n)
  const downsideAnnual = downside * Math.sqrt(periodsPerYear)
  const worst = ascending(returns).slice(0, Math.floor((n - 1) * TAIL) + 1)
  const isDeviating = n >= DEVIATION_NEEDS
  const excess = returns.map((value) => value - riskFree)
  const sharpe = (mean(excess) / sampleDeviation(excess)) * Math.sqrt(periodsPerYear)
  return {
    volatility_annualized: isDeviating ? deviation * Math.sqrt(periodsPerYear) : 'too_few_observations',
    downside_volatility_annualized: downsideAnnual,
    sharpe_annualized: isDeviating ? (deviation === 0 ? 'zero_variance' : sharpe) : 'too_few_observations',
    sortino_annualized: downside === 0 ? 'no_downside' : (mean(returns) * periodsPerYear) / downsideAnnual,
    calmar: calmarOf(input, years),
    var_95_historical: negated(percentile(returns, TAIL)),
    cvar_95_historical: negated(mean(worst)),
  }
}

function calmarOf({ values, steps, start, at, calendar, maxDrawdown }: RiskInput, years: number): Answer {
  const [first, last] = [values[0], values[values.length - 1]]
  if (first === undefined || last === undefined) return 'too_few_observations'
  const observedMs = calendar.sessionTimeBetween(first.at, last.at)
  if (observedMs * 10 < calendar.sessionTimeBetween(start, at) * 8) return 'window_not_covered'
  if (typeof maxDrawdown === 'string') return maxDrawdown
  if (maxDrawdown === 0) return 'no_drawdown'
  const { over, under } = grown(steps)
  // Who has lost everything has lost no more than that in a year.
  const growth = over <= 0n ? 0 : quotient(over, under)
  return (growth ** (1 / years) - 1) / maxDrawdown
}

/** Without a zero below zero. */
function negated(value: number): number {
  return value === 0 ? 0 : -value
}
