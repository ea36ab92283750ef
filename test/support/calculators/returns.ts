import type { Explanation, ExplanationRow } from '../../../src/domain/explanation.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.js'
import { number, partOf } from '../explanation.js'
import {
  type Calculator,
  covariance,
  hasPart,
  instantIn,
  mean,
  percentile,
  total,
  wholeList,
  zeroWhenFlat,
} from './reading.js'

/** METRICS rows 8 to 16 and 41. */
export const RETURNS: Readonly<Record<string, Calculator>> = {
  volatility_annualized: zeroWhenFlat((explanation) => {
    const returns = returnsOf(explanation)
    return Math.sqrt(covariance(returns, returns) * periodsPerYear(explanation))
  }),
  downside_volatility_annualized: zeroWhenFlat(downside),
  sharpe_annualized: (explanation) => {
    const annual = number(seriesOf(explanation), 'risk_free_annual')
    const rate = (1 + annual) ** (1 / periodsPerYear(explanation)) - 1
    const excess = returnsOf(explanation).map((value) => value - rate)
    return (mean(excess) / Math.sqrt(covariance(excess, excess))) * Math.sqrt(periodsPerYear(explanation))
  },
  sortino_annualized: (explanation) => {
    const above = mean(returnsOf(explanation)) - number(seriesOf(explanation), 'minimum_acceptable_return')
    return (above * periodsPerYear(explanation)) / downside(explanation)
  },
  calmar: (explanation) => {
    const growth = returnsOf(explanation).reduce((product, value) => product * (1 + value), 1)
    return (growth ** (1 / yearsOf(explanation)) - 1) / fallOf(explanation, 'peak', 'trough')
  },
  max_drawdown: zeroWhenFlat((explanation) => fallOf(explanation, 'peak', 'trough')),
  current_drawdown: zeroWhenFlat((explanation) => fallOf(explanation, 'last_peak', 'last')),
  drawdown_duration_minutes: zeroWhenFlat((explanation) => {
    const { values } = partOf(explanation, 'drawdown')
    if (values.longest_from === null) return 0
    return sessionMinutes(explanation, instantIn(values, 'longest_from'), instantIn(values, 'longest_to'))
  }),
  var_95_historical: zeroWhenFlat((explanation) => -percentile(returnsOf(explanation), 0.05)),
  cvar_95_historical: zeroWhenFlat((explanation) => {
    const worst = returnsOf(explanation).sort((a, b) => a - b)
    return -mean(worst.slice(0, Math.floor((worst.length - 1) * 0.05) + 1))
  }),
  beta_vs_benchmark: zeroWhenFlat((explanation) => {
    const rows = wholeList(explanation, 'benchmark')
    const own = rows.map((row) => returnOf(explanation, row))
    const other = rows.map((row) => number(row, 'benchmark_to') / number(row, 'benchmark_from') - 1)
    return covariance(own, other) / covariance(other, other)
  }),
}

/** Minutes of open market: from 14:30 to 21:00 UTC in a winter week of New York without a holiday. */
function sessionMinutes({ frame }: Explanation, from: number, to: number): number {
  if (frame.book.calendar === '24x7') return (to - from) / MINUTE_MS
  let open = 0
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
    if ([0, 6].includes(new Date(day).getUTCDay())) continue
    const [opensAt, closesAt] = [day + 14.5 * HOUR_MS, day + 21 * HOUR_MS]
    open += Math.max(0, Math.min(to, closesAt) - Math.max(from, opensAt))
  }
  return open / MINUTE_MS
}

function seriesOf(explanation: Explanation): ExplanationRow {
  return partOf(explanation, 'series').values
}

function returnsOf(explanation: Explanation): number[] {
  return wholeList(explanation, 'series').map((row) => returnOf(explanation, row))
}

/** A flow at the value is taken out of it, one before it splits the way. */
function returnOf(explanation: Explanation, row: ExplanationRow): number {
  const [from, to] = [instantIn(row, 'from'), instantIn(row, 'at')]
  let [factor, last] = [1 / number(row, 'equity_before_usd'), number(row, 'equity_usd')]
  for (const flow of hasPart(explanation, 'flows') ? wholeList(explanation, 'flows') : []) {
    const at = instantIn(flow, 'at')
    if (at <= from || at > to) continue
    const [amount, after] = [number(flow, 'flow_usd'), number(flow, 'equity_after_usd')]
    if (at === to) last -= amount
    else factor *= (after - amount) / after
  }
  return factor * last - 1
}

function yearsOf(explanation: Explanation): number {
  const seconds = total(wholeList(explanation, 'series'), (row) => number(row, 'seconds'))
  return seconds / number(seriesOf(explanation), 'seconds_per_year')
}

function periodsPerYear(explanation: Explanation): number {
  return wholeList(explanation, 'series').length / yearsOf(explanation)
}

function downside(explanation: Explanation): number {
  const least = number(seriesOf(explanation), 'minimum_acceptable_return')
  const squares = returnsOf(explanation).map((value) => Math.min(value - least, 0) ** 2)
  return Math.sqrt(mean(squares) * periodsPerYear(explanation))
}

/** 1 − low / high; nothing fell where there is no low. */
function fallOf(explanation: Explanation, high: string, low: string): number {
  const { values } = partOf(explanation, 'drawdown')
  if (values[`${low}_usd`] === null) return 0
  return 1 - number(values, `${low}_usd`) / number(values, `${high}_usd`)
}
