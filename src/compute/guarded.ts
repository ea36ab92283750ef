import { CalendarOutOfRange } from '../domain/calendar.js'
import type { MetricDescription, MetricResult } from '../domain/metric.js'

/** What a metric computes; where it throws, or gives no finite number, it alone is in error. */
export function guarded(
  { name }: Pick<MetricDescription, 'name'>,
  compute: () => MetricResult,
  onMetricError: (metric: string, error: unknown) => void,
): MetricResult {
  try {
    const result = compute()
    if (result.status !== 'ok' || Number.isFinite(result.value)) return result
    throw new RangeError(`${name} is ${result.value}`)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return calendarEnds(error)
    onMetricError(name, error)
    return { status: 'error', reason: 'internal_error' }
  }
}

/** The result of every metric where the calendar does not know; any other error is thrown on. */
export function calendarEnds(error: unknown): MetricResult {
  if (!(error instanceof CalendarOutOfRange)) throw error
  return { status: 'error', reason: 'calendar_out_of_range', meta: { calendar: error.calendar } }
}
