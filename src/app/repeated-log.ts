import type { FactRejection } from '../domain/facts.js'
import type { SourceName } from '../domain/ports.js'
import { MINUTE_MS } from '../domain/time.js'
import { describeError, type LogFields, type Logger } from '../lib/logger.js'

/** Tells of facts that could not be used: ten thousand malformed rows are a line, not a flood; the counters have them all. */
export function createRejectionLog(
  log: Pick<Logger, 'warn'>,
  wallNow: () => number,
): (source: SourceName, rejection: FactRejection) => void {
  const atMostOnceAMinute = createThrottle(wallNow)
  return (source, { kind, id, reason, detail }) =>
    atMostOnceAMinute(`${source} ${kind} ${reason}`, (others) =>
      log.warn('fact rejected', { source, kind, id, reason, detail, ...others }),
    )
}

/** Tells of metrics that threw: one that does so for each book and window at each tick is a line a minute. */
export function createMetricErrorLog(
  log: Pick<Logger, 'error'>,
  wallNow: () => number,
): (metric: string, error: unknown) => void {
  const atMostOnceAMinute = createThrottle(wallNow)
  return (metric, error) =>
    atMostOnceAMinute(metric, (others) =>
      log.error('a metric failed', { metric, error: describeError(error), ...others }),
    )
}

/** At once the first time, then at most once a minute for the same key, with how many there were since. */
function createThrottle(wallNow: () => number): (key: string, tell: (others: LogFields) => void) => void {
  const told = new Map<string, { atMs: number; since: number }>()
  return (key, tell) => {
    const last = told.get(key)
    const now = wallNow()
    if (last !== undefined && now - last.atMs < MINUTE_MS) {
      last.since += 1
      return
    }
    told.set(key, { atMs: now, since: 0 })
    tell(last === undefined ? {} : { others: last.since })
  }
}
