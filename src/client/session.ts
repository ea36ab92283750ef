import type { SessionState } from './stream-events.js'

/** Whether a market trades at T, and when that changes; `changesAt` is undefined where it is not known, or never does. */
export interface SessionNow {
  readonly state: SessionState['state']
  readonly changesAt: number | undefined
  /** The market has closed since the exporter spoke of it: when it opens again has to be asked for. */
  readonly isOutdated: boolean
}

/** The session as it is at T, from what the exporter said of it earlier: a stream does not repeat it. */
export function sessionAt({ state, opensAt, closesAt }: SessionState, at: number): SessionNow {
  const hasClosed = closesAt !== undefined && at >= closesAt
  if (state === 'open')
    return hasClosed
      ? { state: 'closed', changesAt: undefined, isOutdated: true }
      : { state, changesAt: closesAt, isOutdated: false }
  if (state === 'unknown' || opensAt === undefined || at < opensAt)
    return { state, changesAt: opensAt, isOutdated: false }
  return hasClosed
    ? { state: 'closed', changesAt: undefined, isOutdated: true }
    : { state: 'open', changesAt: closesAt, isOutdated: false }
}

/** A session in words: `open, closes in 1 h 29 min`. */
export function describeSession(session: SessionState, at: number): string {
  const { state, changesAt } = sessionAt(session, at)
  if (state === 'unknown') return 'session unknown'
  if (changesAt === undefined) return state === 'open' && session.closesAt === undefined ? 'always open' : state
  return `${state}, ${state === 'open' ? 'closes' : 'opens'} in ${formatDuration(changesAt - at)}`
}

/** A length of time in the two units that a person would use. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1_000))
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600), Math.floor(seconds / 60)]
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}
