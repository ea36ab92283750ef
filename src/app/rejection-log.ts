import type { FactRejection } from '../domain/facts.js'
import type { SourceName } from '../domain/ports.js'
import { MINUTE_MS } from '../domain/time.js'
import type { Logger } from '../lib/logger.js'

/**
 * Tells of facts that could not be used: at once the first time, then at most once a minute for the same reason, with
 * how many there were since. Ten thousand malformed rows are a line, not a flood; the counters have them all.
 */
export function createRejectionLog(
  log: Pick<Logger, 'warn'>,
  wallNow: () => number,
): (source: SourceName, rejection: FactRejection) => void {
  const told = new Map<string, { atMs: number; since: number }>()
  return (source, { kind, id, reason, detail }) => {
    const key = `${source} ${kind} ${reason}`
    const last = told.get(key)
    const now = wallNow()
    if (last !== undefined && now - last.atMs < MINUTE_MS) {
      last.since += 1
      return
    }
    told.set(key, { atMs: now, since: 0 })
    log.warn('fact rejected', {
      source,
      kind,
      id,
      reason,
      detail,
      ...(last === undefined ? {} : { others: last.since }),
    })
  }
}
