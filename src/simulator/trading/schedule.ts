import type { Calendar } from '../../domain/calendar.js'
import { type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.js'
import { type Density, nextSignal } from '../market/density.js'
import { createRandom, type Random } from '../random.js'
import type { StrategyProfile } from './strategies.js'

/** No decision is made later than this before a close: its order would come too late. */
const LAST_DECISION_BEFORE_CLOSE_MS = 40 * SECOND_MS
/** When a strategy that ends its sessions flat begins to close. */
export const UNWIND_BEFORE_CLOSE_MS = 15 * MINUTE_MS

export interface DecisionTime {
  /** The signal it follows. */
  readonly signalAt: EpochMs
  /** At least two seconds later, so that the signal's quote can serve as the price at the order's submit. */
  readonly at: EpochMs
}

/** When a strategy decides next after an instant. */
export function nextDecision(
  profile: StrategyProfile,
  calendar: Calendar,
  density: Density,
  after: EpochMs,
  random: Random,
): DecisionTime {
  const gapMs = after < density.denseFrom ? profile.historyGapMs : profile.liveGapMs
  let raw = after + gapMs * random.between(0.3, 1.7)
  if (after < density.denseFrom && raw > density.denseFrom)
    raw = Math.min(raw, density.denseFrom + profile.liveGapMs * random.next())
  const waitMs = random.between(2_050, 4_400)
  if (calendar.nextSession(after) === undefined) return following(nextSignal(density, raw), waitMs)

  const session = calendar.latestSession(after)
  const unwindsAt = session.closesAt - UNWIND_BEFORE_CLOSE_MS
  if (profile.flatAtClose && raw > unwindsAt)
    raw = Math.max(unwindsAt, after) + random.between(5 * SECOND_MS, 30 * SECOND_MS)
  const decision = following(nextSignal(density, raw), waitMs)
  if (decision.at <= session.closesAt - LAST_DECISION_BEFORE_CLOSE_MS) return decision
  const opensAt = calendar.nextSession(after)?.opensAt ?? raw
  return following(nextSignal(density, opensAt + 1 + gapMs * random.next()), waitMs)
}

function following(signalAt: EpochMs, waitMs: number): DecisionTime {
  return { signalAt, at: Math.floor(signalAt + waitMs) }
}

/** Shortest time between two snapshots, drawn anew each time: never under 15 seconds. */
const SNAPSHOT_GAPS = {
  dense: [
    [15 * SECOND_MS, 50],
    [20 * SECOND_MS, 30],
    [30 * SECOND_MS, 15],
    [40 * SECOND_MS, 5],
  ],
  history: [
    [45 * SECOND_MS, 2],
    [100 * SECOND_MS, 3],
    [160 * SECOND_MS, 3],
    [220 * SECOND_MS, 2],
  ],
  aroundTheClock: [
    [100 * SECOND_MS, 2],
    [220 * SECOND_MS, 3],
    [340 * SECOND_MS, 2],
    [560 * SECOND_MS, 1],
  ],
} as const

/** An account is first snapshotted with the first signal: before any order, so that its history begins flat. */
export function firstSnapshot(density: Density, firstAt: EpochMs): EpochMs {
  return nextSignal(density, firstAt + 1) + SECOND_MS
}

/**
 * When an account is snapshotted next after an instant: with a signal, so never while its market is closed; on some
 * days a few more until an hour after the close.
 */
export function nextSnapshot(
  account: string,
  calendar: Calendar,
  density: Density,
  after: EpochMs,
  seed: number,
): EpochMs {
  const random = createRandom(`${seed}/snapshot/${account}/${after}`)
  const jitterMs = random.integer(300, 1_900)
  const closes = calendar.nextSession(after) !== undefined
  const gaps =
    after >= density.denseFrom ? SNAPSHOT_GAPS.dense : closes ? SNAPSHOT_GAPS.history : SNAPSHOT_GAPS.aroundTheClock
  const candidate = nextSignal(density, after + random.weighted<number>(gaps)) + jitterMs
  if (!closes) return candidate
  const { date, closesAt } = calendar.latestSession(after)
  if (candidate <= closesAt + 2 * SECOND_MS) return candidate
  const late = after + random.integer(4 * MINUTE_MS, 12 * MINUTE_MS)
  const staysLate = createRandom(`${seed}/late/${account}/${date}`).chance(0.4)
  if (staysLate && late <= closesAt + HOUR_MS) return late
  const opensAt = calendar.nextSession(after)?.opensAt ?? candidate
  return nextSignal(density, opensAt + 1) + jitterMs
}
