import type { Calendar } from '../../../src/domain/calendar.js'
import { cellsOf } from '../../../src/domain/cells.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import { quotient } from './exact.js'
import type { Answer, Knowledge, Point } from './knowledge.js'
import { counted, type GrowthOf, returnOf, type SeriesValue, stepsOf } from './returns.js'
import { areEqual, mean, total } from './statistics.js'

export const BETA_WINDOWS: readonly Window[] = ['1h', '1d', '5d', '20d']
const BAR_LIFETIME_MS = 28 * 86_400_000

/** METRICS row 41, fine print 11 and 15: levels of book and benchmark where both have one, then returns. */
export function betaOf(
  window: Window,
  calendar: Calendar,
  known: Knowledge,
  benchmark: string,
  values: readonly SeriesValue[],
  growthOf: GrowthOf,
): Answer {
  const bars = (known.bars.get(benchmark) ?? [])
    .filter(({ at }) => at >= known.at - BAR_LIFETIME_MS)
    .sort((a, b) => a.at - b.at)
  const levels = new Map<EpochMs, bigint>()
  for (const value of values) {
    const bar = levelOf(value, window, calendar, bars)
    if (bar !== undefined) levels.set(value.at, bar.price)
  }
  const joined = values.filter(({ at }) => levels.has(at))
  const steps = counted(stepsOf(joined, growthOf), window, calendar)
  if (steps.length < (known.options.minObservations ?? 20)) return 'too_few_observations'

  const own = steps.map(returnOf)
  const others = steps.map(({ from, to }) => {
    const [before = 1n, after = 1n] = [levels.get(from.at), levels.get(to.at)]
    return quotient(after - before, before)
  })
  if (steps.length < 2 || areEqual(others)) return 'zero_variance'
  const [ownMean, othersMean] = [mean(own), mean(others)]
  const covariance = total(own.map((value, index) => (value - ownMean) * ((others[index] ?? 0) - othersMean)))
  return covariance / total(others.map((value) => (value - othersMean) ** 2))
}

/** The last bar of the value's cell; of the first value, that of the cell which ends there, or of what led to it. */
function levelOf(
  { at, part }: SeriesValue,
  window: Window,
  calendar: Calendar,
  bars: readonly Point[],
): Point | undefined {
  const { from, to } = part ?? beforeFirst(at, window, calendar)
  return bars.filter((bar) => bar.at > from && bar.at <= to).at(-1)
}

function beforeFirst(at: EpochMs, window: Window, calendar: Calendar): { from: EpochMs; to: EpochMs } {
  const [cell] = cellsOf(window, calendar, at - 1, at)
  if (cell === undefined) throw new Error('every instant lies in a cell')
  if (cell.end === at) return { from: cell.start, to: at }
  const [before] = cellsOf(window, calendar, cell.start - 1, cell.start)
  return { from: before?.start ?? cell.start, to: at }
}
