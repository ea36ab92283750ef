import { type Calendar, CalendarOutOfRange } from '../../domain/calendar.js'
import { absolute, type MoneyE17, type PriceE8, type QuantityE9 } from '../../domain/exact.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { readOnce } from '../../lib/read-once.js'
import type { Account, Position } from '../account.js'
import { marketValue } from '../market-value.js'
import { type Mark, type MarkSources, markAt, markOf } from '../marks.js'
import type { Valuation } from '../valuation.js'
import { type EquityValue, unknownBecause } from './book-equity.js'
import type { EquityMemory } from './equity-memory.js'

export interface EquityReading {
  /** Undefined before the account's first snapshot. */
  readonly equity: MoneyE17 | undefined
  /** The snapshot that the equity rests on. */
  readonly snapshotAt: EpochMs | undefined
  /** The first instant of looking at which it may be another one; Infinity when only a fact can change it. */
  readonly holdsUntil: EpochMs
}

export interface EquityPricing {
  readonly calendar: Calendar
  readonly marksOf: (symbol: string) => MarkSources
  readonly multiplierOf: (symbol: string) => QuantityE9
  /** False for a symbol quoted in another currency: it does not move an equity in USD. */
  readonly isPriced: (symbol: string) => boolean
}

/** How long prices carry a snapshot's equity on; after that it stands still and grows old. */
const DRIFT_MS = 5 * MINUTE_MS

/**
 * Equity of an account at an instant: that of the last snapshot, carried on for five minutes of its session by how the
 * marks of its positions moved since. Fills since wait for the next snapshot, since no timestamp tells whether a snapshot
 * holds them.
 * Source: METRICS section 1, "Equity of a book alone in its account".
 */
export function accountEquityAt(account: Account, at: EpochMs, pricing: EquityPricing): EquityReading {
  const snapshot = account.snapshotAt(at)
  const next = account.observations.nextAfter(at)
  if (snapshot === undefined) return { equity: undefined, snapshotAt: undefined, holdsUntil: next }
  let { equity } = snapshot
  const { drifts, holdsUntil } = driftsAt(account, at, pricing) ?? STANDS_STILL
  for (const { moved } of drifts) equity += moved
  return { equity, snapshotAt: snapshot.at, holdsUntil: Math.min(next, holdsUntil) }
}

/** How a position of the last snapshot moved the equity of its account since. */
export interface Drift {
  readonly position: Position
  readonly multiplier: QuantityE9
  /** Its mark at the snapshot. */
  readonly before: Mark | undefined
  readonly now: Mark | undefined
  readonly moved: MoneyE17
}

/** What carries a snapshot's equity on. */
export interface Drifts {
  /** Until when marks count. */
  readonly until: EpochMs
  readonly drifts: readonly Drift[]
  /** The first instant of looking at which a mark may be another one. */
  readonly holdsUntil: EpochMs
}

const STANDS_STILL: Pick<Drifts, 'drifts' | 'holdsUntil'> = { drifts: [], holdsUntil: Number.POSITIVE_INFINITY }

/** How the positions of an account's last snapshot moved its equity since; undefined where none do. */
export function driftsAt(account: Account, at: EpochMs, pricing: EquityPricing): Drifts | undefined {
  const snapshot = account.snapshotAt(at)
  const driftsUntil = snapshot && endOfDrift(snapshot.at, pricing.calendar)
  if (snapshot === undefined || driftsUntil === undefined) return undefined
  const until = Math.min(at, driftsUntil)
  let holdsUntil = Number.POSITIVE_INFINITY
  const drifts = snapshot.positions.flatMap((position): Drift[] => {
    if (position.qty === 0n || !pricing.isPriced(position.symbol)) return []
    const sources = pricing.marksOf(position.symbol)
    const { mark: now, holdsUntil: nowHoldsUntil } = markAt(sources, until)
    if (until === at && nowHoldsUntil <= driftsUntil) holdsUntil = Math.min(holdsUntil, nowHoldsUntil)
    const before = markOf(sources, snapshot.at)
    const multiplier = pricing.multiplierOf(position.symbol)
    return [{ position, multiplier, before, now, moved: driftOf(position, before, now, multiplier) }]
  })
  return { until, drifts, holdsUntil }
}

export interface AccountEquityOptions {
  readonly account: Account
  readonly pricing: EquityPricing
  readonly memory: EquityMemory
  /** Told until when what was read holds. */
  readonly changesAt: (at: EpochMs) => void
}

/**
 * Reads an account's equity at T and at windows' starts, each once: at a start that stands still (an infinite lead) not
 * before something of the past changes.
 */
export class AccountEquity {
  readonly #options: AccountEquityOptions
  readonly #now: EpochMs
  readonly #readings = new Map<EpochMs, EquityReading>()

  constructor(options: AccountEquityOptions, now: EpochMs) {
    this.#options = options
    this.#now = now
  }

  at(at: EpochMs, lead: number): Valuation<EquityValue> {
    const { account, pricing, memory, changesAt } = this.#options
    const read = () => accountEquityAt(account, at, pricing)
    const { equity, snapshotAt, holdsUntil } = readOnce(this.#readings, at, () =>
      Number.isFinite(lead) ? read() : memory.ofPast({ at, now: this.#now }, 'equity', read),
    )
    changesAt(holdsUntil + lead)
    return equity === undefined || snapshotAt === undefined
      ? unknownBecause('no_equity')
      : { known: true, value: { equity, snapshotAt } }
  }
}

/** Until when prices carry the equity of a snapshot on; undefined for one outside its session (open, close]. */
export function endOfDrift(snapshotAt: EpochMs, calendar: Calendar): EpochMs | undefined {
  // What never closes has no session to be outside of.
  if (calendar.name === '24x7') return snapshotAt + DRIFT_MS
  try {
    // A snapshot at the open belongs to the hours before it.
    const { closesAt } = calendar.latestSession(snapshotAt - 1)
    return snapshotAt > closesAt ? undefined : Math.min(snapshotAt + DRIFT_MS, closesAt)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return undefined
    throw error
  }
}

/** What a position moved the equity by; a symbol without a mark, or whose mark is far from the snapshot's, moves nothing. */
function driftOf(
  { qty, mark }: Position,
  before: Mark | undefined,
  now: Mark | undefined,
  multiplier: QuantityE9,
): MoneyE17 {
  if (before === undefined || now === undefined) return 0n
  const [from, to] = [before.priceE8, now.priceE8]
  if (from === to || isFar(from, mark) || isFar(to, mark)) return 0n
  return marketValue(qty, to - from, multiplier)
}

/** More than 10 % from the snapshot's own price, where it has one. */
function isFar(price: PriceE8, own: PriceE8 | undefined): boolean {
  return own !== undefined && absolute(price - own) * 10n > own
}
