import { DICTIONARY } from '../../src/compute/dictionary.js'
import type { Answer } from '../support/reference.js'

/** Quotients of exact numbers: whoever rounds them, this is how far they may be apart. */
const RELATIVE = 1e-12
/** Sums of doubles: a little farther, and small ones by the size of what cancels in them. */
const RELATIVE_OF_SUMS = 1e-9
const ABSOLUTE_OF_SUMS = 1e-12
const SUMS = [
  ...['volatility_annualized', 'downside_volatility_annualized', 'sharpe_annualized', 'sortino_annualized', 'calmar'],
  ...['var_95_historical', 'cvar_95_historical', 'beta_vs_benchmark'],
]
const QUOTIENTS = [
  'equity',
  'cumulative_return',
  'intraday_return',
  'max_drawdown',
  'current_drawdown',
  'drawdown_duration_minutes',
  'leverage_gross_over_equity',
  'pnl_reconciliation_gap',
  ...DICTIONARY.filter(({ group, extended }) => group === 'trades' || (group === 'execution' && !extended)).map(
    ({ name }) => name,
  ),
]

/** The expected quotients, each as the other side rounded it where that is near enough. */
export function roundedLike(
  answers: Readonly<Record<string, number | string>>,
  expected: Readonly<Record<string, Answer>>,
): Record<string, number | string> {
  const isNear = (a: number, b: number) => Math.abs(a - b) <= RELATIVE * Math.abs(b)
  const isNearSum = (a: number, b: number) => Math.abs(a - b) <= RELATIVE_OF_SUMS * Math.abs(b) + ABSOLUTE_OF_SUMS
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => {
      const answer = answers[name]
      const isSame =
        typeof value === 'number' &&
        typeof answer === 'number' &&
        ((QUOTIENTS.includes(name) && isNear(answer, value)) || (SUMS.includes(name) && isNearSum(answer, value)))
      return [name, isSame ? answer : value]
    }),
  )
}
