import { type BookKey, bookId } from '../../../src/domain/book.js'
import type { Calendar, CalendarName } from '../../../src/domain/calendar.js'
import type {
  CashFlowFact,
  DecisionFact,
  ExecutionFact,
  Fact,
  FillFact,
  PositionSnapshotFact,
} from '../../../src/domain/facts.js'
import { identityOf } from '../../../src/domain/identity.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, isWithin, magnitude, sum } from './exact.js'

export interface ReferenceOptions {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly calendarOf: (strategyId: string) => CalendarName
  readonly sessionRollMs: number
  readonly markMaxAgeMs: number
  /** A book's part of its account, 0.7 for 70 per cent, where configuration gives one. */
  readonly shareOf?: (strategyId: string, account: string) => number | undefined
}

/** A value, or the reason why there is none. */
export type Answer = number | Reason

export interface ReferenceFill {
  readonly order: ExecutionFact
  readonly id: string
  readonly at: EpochMs
  readonly quantity: bigint
  /** Before the multiplier. */
  readonly notional: bigint
  readonly costs: bigint
}

export interface Point {
  readonly at: EpochMs
  readonly price: bigint
}

interface Terms {
  readonly multiplier: bigint
  readonly lotSize: bigint
  readonly currency: string
}

export const QUANTITY_ONE = 10n ** 9n
export const MINUTE_MS = 60_000
/** Prices of the last 70 minutes are kept one by one, older ones as the last of each cell. */
const FINE_MS = 70 * MINUTE_MS
/** Snapshots are read from the close of the session before the longest window's first. */
const SNAPSHOT_SESSIONS = 21
const ORDINARY: Terms = { multiplier: QUANTITY_ONE, lotSize: 1n, currency: 'USD' }

/** The facts with an event at or before T, in lists; of several with one identity the last given. */
export class Knowledge {
  readonly books = new Map<string, BookKey>()
  readonly decisions: readonly DecisionFact[]
  readonly orders: readonly ExecutionFact[]
  /** Oldest first. */
  readonly snapshots: readonly PositionSnapshotFact[]
  readonly cashFlows: readonly CashFlowFact[]
  /** In canonical order, those of orders that belong to no book too. */
  readonly allFills: readonly ReferenceFill[]
  /** Those of books. */
  readonly fills: readonly ReferenceFill[]
  readonly bars = new Map<string, Point[]>()
  /** Of source `ta`: bid and ask, where the row has a quote. */
  readonly signals = new Map<string, { at: EpochMs; bid: bigint | undefined; ask: bigint | undefined }[]>()
  readonly universes = new Map<string, readonly string[]>()
  readonly #terms = new Map<string, Terms>()

  constructor(
    readonly at: EpochMs,
    facts: readonly Fact[],
    readonly options: ReferenceOptions,
  ) {
    // A retraction has the identity of what it takes back, and stands for nothing itself.
    const latest = [...new Map(facts.map((fact) => [identityOf(fact), fact])).values()]
    const of = <Kind extends Fact['fact']>(kind: Kind) =>
      latest.filter((fact): fact is Extract<Fact, { fact: Kind }> => fact.fact === kind)
    this.decisions = of('decision').filter((decision) => decision.at <= at)
    this.orders = of('execution').filter((order) => order.submittedAt <= at)
    this.snapshots = of('position_snapshot')
      .filter((snapshot) => snapshot.at <= at)
      .sort((a, b) => a.at - b.at)
    this.cashFlows = of('cash_flow').filter((flow) => flow.at <= at)
    const evidence = of('fill').filter((fill) => fill.at <= at)
    this.allFills = this.orders
      .flatMap((order) =>
        fillsOf(
          order,
          evidence.filter((fill) => fill.executionId === order.executionId),
        ),
      )
      .sort(inOrder)
    this.fills = this.allFills.filter(({ order }) => order.strategyId !== undefined)
    for (const { symbol, multiplier, lotSize, currency } of of('instrument'))
      this.#terms.set(symbol, {
        multiplier: multiplier ?? ORDINARY.multiplier,
        lotSize: lotSize ?? ORDINARY.lotSize,
        currency: currency ?? ORDINARY.currency,
      })
    for (const { symbol, at: end, close } of of('bar').filter((bar) => bar.at <= at))
      this.bars.set(symbol, [...(this.bars.get(symbol) ?? []), { at: end, price: close }])
    for (const { symbol, at: time, bid, ask } of of('signal').filter((row) => row.at <= at && row.source === 'ta'))
      this.signals.set(symbol, [...(this.signals.get(symbol) ?? []), { at: time, bid, ask }])
    for (const { strategyId, universe = [] } of of('strategy')) this.universes.set(strategyId, universe)
    const described = of('strategy').flatMap(({ strategyId, accounts = [] }) =>
      accounts.map((account) => ({ strategyId, account })),
    )
    for (const { strategyId, account } of [...described, ...this.decisions, ...this.orders])
      if (strategyId !== undefined) this.books.set(bookId({ strategyId, account }), { strategyId, account })
  }

  /** The snapshots of an account that are still there at T with their positions: of old minutes the last, and the last plausible one. */
  keptSnapshots(account: string): readonly PositionSnapshotFact[] {
    const all = this.snapshotsOf(account)
    const kept = [...thinned(all, MINUTE_MS, this.at), ...this.plausibleSnapshots(account)]
    return all.filter((snapshot) => kept.includes(snapshot))
  }

  /** The same, those alone whose equity counts. */
  plausibleSnapshots(account: string): readonly PositionSnapshotFact[] {
    const plausible = this.snapshotsOf(account).filter((snapshot) => isPlausible(snapshot, this))
    return thinned(plausible, MINUTE_MS, this.at)
  }

  /** Every snapshot of an account that is not too old at T, oldest first. */
  snapshotsOf(account: string): readonly PositionSnapshotFact[] {
    const { at, options, snapshots } = this
    const oldest = Math.min(
      ...Object.values(options.calendars).map((calendar) => calendar.sessionBefore(at, SNAPSHOT_SESSIONS).closesAt),
    )
    return snapshots
      .filter((snapshot) => snapshot.account === account && snapshot.at >= oldest)
      .sort((a, b) => a.at - b.at)
  }

  /** Instants at which prices stay exact: the last snapshot of each session in XNYS and where its drift ends. */
  pins(): readonly EpochMs[] {
    const { at, options, snapshots } = this
    const calendar = options.calendars.XNYS
    const pins: EpochMs[] = []
    for (const account of new Set(snapshots.map((snapshot) => snapshot.account))) {
      const plausible = this.snapshotsOf(account).filter((snapshot) => isPlausible(snapshot, this))
      for (let back = 0; back <= SNAPSHOT_SESSIONS - 1; back += 1) {
        const roll = calendar.sessionBefore(at, back).closesAt + options.sessionRollMs
        const last = plausible.filter((snapshot) => snapshot.at <= Math.min(roll, at)).at(-1)
        if (last === undefined) continue
        const { closesAt } = calendar.latestSession(last.at - 1)
        if (last.at <= closesAt) pins.push(last.at, Math.min(last.at + 5 * MINUTE_MS, closesAt))
      }
    }
    return pins
  }

  termsOf(symbol: string): Terms {
    return this.#terms.get(symbol) ?? ORDINARY
  }

  calendarOf(strategyId: string | undefined): Calendar {
    return this.options.calendars[strategyId === undefined ? 'XNYS' : this.options.calendarOf(strategyId)]
  }

  /** What a fill was worth, the multiplier included. */
  worthOf({ notional, order }: ReferenceFill): bigint {
    return divide(notional * this.termsOf(order.symbol).multiplier, QUANTITY_ONE)
  }
}

/** Where everything is given, equity is cash and market values, to one per cent of the larger. */
export function isPlausible({ equity, cash, positions }: PositionSnapshotFact, known: Knowledge): boolean {
  let worth = cash
  for (const { symbol, qty, mark } of positions) {
    if (qty === 0n) continue
    if (mark === undefined) return true
    worth += divide(qty * mark * known.termsOf(symbol).multiplier, QUANTITY_ONE)
  }
  return isWithin(equity, worth, 1n, magnitude(equity) > magnitude(worth) ? equity : worth)
}

const FINAL = ['filled', 'canceled', 'cancelled', 'expired', 'rejected', 'replaced']

/** Broker fills first; what they leave of the row is one more, after them at one time. */
function fillsOf(order: ExecutionFact, evidence: readonly FillFact[]): ReferenceFill[] {
  const told = sum(evidence.map((fill) => fill.qty))
  const rowWins = FINAL.includes(order.status) && order.filledQty < told
  const parts = (rowWins ? [] : evidence)
    .filter((fill) => fill.qty > 0n)
    .map(({ fillId, at, qty, price }) => ({ id: fillId, at, quantity: qty, notional: qty * price }))
  const rest = order.filledQty - sum(parts.map((part) => part.quantity))
  if (rest > 0n && order.avgFillPrice !== undefined) {
    const left = order.filledQty * order.avgFillPrice - sum(parts.map((part) => part.notional))
    parts.push({
      id: '\uffff',
      at: order.filledAt ?? order.submittedAt,
      quantity: rest,
      notional: left > 0n ? left : rest * order.avgFillPrice,
    })
  }
  parts.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const whole = sum(parts.map((part) => part.notional))
  const costOfFirst = (count: number) =>
    whole === 0n ? 0n : divide((order.costs ?? 0n) * sum(parts.slice(0, count).map((part) => part.notional)), whole)
  return parts.map((part, index) => ({ ...part, order, costs: costOfFirst(index + 1) - costOfFirst(index) }))
}

/** Of every cell (a, b] of the past the last one only. */
export function thinned<Dated extends { readonly at: EpochMs }>(
  points: readonly Dated[],
  cellMs: number,
  at: EpochMs,
  pins: readonly EpochMs[] = [],
): Dated[] {
  const cellOf = (point: Dated | undefined) =>
    point === undefined
      ? Number.NaN
      : Math.min(Math.ceil(point.at / cellMs) * cellMs, ...pins.filter((pin) => pin >= point.at))
  const sorted = [...points].sort((a, b) => a.at - b.at)
  return sorted.filter((point, index) => cellOf(point) > at - FINE_MS || cellOf(sorted[index + 1]) !== cellOf(point))
}

function inOrder(a: ReferenceFill, b: ReferenceFill): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.order.submittedAt !== b.order.submittedAt) return a.order.submittedAt - b.order.submittedAt
  if (a.order.executionId !== b.order.executionId) return a.order.executionId < b.order.executionId ? -1 : 1
  return a.id < b.id ? -1 : 1
}
