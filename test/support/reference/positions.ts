import type { BookKey } from '../../../src/domain/book.js'
import type { PositionSnapshotFact } from '../../../src/domain/facts.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, magnitude, sum } from './exact.js'
import { type Knowledge, QUANTITY_ONE, type ReferenceFill } from './knowledge.js'

export interface Position {
  readonly symbol: string
  /** Signed, and the cost like it. */
  readonly quantity: bigint
  readonly cost: bigint
}

type Opening =
  | { readonly kind: 'flat' }
  | {
      readonly kind: 'taken over'
      readonly at: EpochMs
      readonly quantity: bigint
      readonly cost: bigint
      readonly value: bigint
    }
  | { readonly kind: 'unknown'; readonly until: EpochMs }

/** What one book held and earned, each answer from its first fill on. */
export class ReferencePositions {
  readonly fills = new Map<string, ReferenceFill[]>()
  readonly #openings = new Map<string, Opening>()

  constructor(
    readonly known: Knowledge,
    readonly key: BookKey,
  ) {
    for (const fill of known.fills) {
      const { strategyId, account, symbol } = fill.order
      if (strategyId === key.strategyId && account === key.account)
        this.fills.set(symbol, [...(this.fills.get(symbol) ?? []), fill])
    }
    for (const symbol of this.fills.keys()) this.#openings.set(symbol, openingOf(symbol, known, key.account))
  }

  get symbols(): string[] {
    return [...this.fills.keys()]
  }

  isUnknownAfter(symbol: string, start: EpochMs): boolean {
    const opening = this.#openings.get(symbol)
    return opening?.kind === 'unknown' && start < opening.until
  }

  isAnyUnknownAfter(start: EpochMs): boolean {
    return this.symbols.some((symbol) => this.isUnknownAfter(symbol, start))
  }

  held(at: EpochMs): Position[] {
    return this.symbols
      .filter((symbol) => !this.isUnknownAfter(symbol, at))
      .map((symbol) => this.ledger(symbol, at))
      .filter(({ quantity }) => quantity !== 0n)
  }

  realizedIn(start: EpochMs, end: EpochMs): bigint {
    return sum(this.symbols.map((symbol) => this.ledger(symbol, end).realized - this.ledger(symbol, start).realized))
  }

  /** What positions taken over in (start, end] had earned elsewhere. */
  takenOverIn(start: EpochMs, end: EpochMs): bigint {
    return sum(
      [...this.#openings.values()].map((opening) =>
        opening.kind === 'taken over' && opening.at > start && opening.at <= end ? opening.value - opening.cost : 0n,
      ),
    )
  }

  /** Average cost; longs and shorts are kept with a positive cost and signed at the end. */
  ledger(symbol: string, until: EpochMs): Position & { readonly realized: bigint } {
    const { lotSize } = this.known.termsOf(symbol)
    const opening = this.#openings.get(symbol) ?? { kind: 'flat' }
    let begins = Number.NEGATIVE_INFINITY
    let held = 0n
    let paid = 0n
    let realized = 0n
    if (opening.kind === 'unknown') begins = opening.until
    if (opening.kind === 'taken over') {
      begins = opening.at
      if (opening.at <= until) {
        held = opening.quantity
        paid = magnitude(opening.cost)
      }
    }
    for (const fill of this.fills.get(symbol) ?? []) {
      if (fill.at <= begins || fill.at > until) continue
      const quantity = signed(fill)
      const worth = this.known.worthOf(fill)
      if (held === 0n || held > 0n === quantity > 0n) {
        held += quantity
        paid += worth
        continue
      }
      const closing = magnitude(quantity) < magnitude(held) ? magnitude(quantity) : magnitude(held)
      const closingWorth = divide(worth * closing, magnitude(quantity))
      const closingPaid = divide(paid * closing, magnitude(held))
      realized += held > 0n ? closingWorth - closingPaid : closingPaid - closingWorth
      paid = magnitude(quantity) > magnitude(held) ? worth - closingWorth : paid - closingPaid
      held += quantity
      if (magnitude(held) < lotSize) {
        realized -= held < 0n ? -paid : paid
        held = 0n
        paid = 0n
      }
    }
    return { symbol, quantity: held, cost: held < 0n ? -paid : paid, realized }
  }
}

/** How history began: METRICS section 1, "Opening inventory". */
function openingOf(symbol: string, known: Knowledge, account: string): Opening {
  const snapshots = known.snapshots.filter((snapshot) => snapshot.account === account)
  const [first] = snapshots
  const fills = known.fills.filter(
    (fill) => fill.order.symbol === symbol && fill.order.account === account && fill.at <= known.at,
  )
  const traders = new Set(fills.map((fill) => fill.order.strategyId))
  if (first === undefined || traders.size === 0) return { kind: 'flat' }

  const filled = sum(fills.filter((fill) => fill.at <= first.at).map(signed))
  const difference = magnitude(filled - heldIn(first, symbol))
  const isContinuous = [...traders].some((strategyId) => known.calendarOf(strategyId).name === '24x7')
  if (difference === 0n || (isContinuous && difference * 200n <= magnitude(filled))) return { kind: 'flat' }
  const position = first.positions.find((candidate) => candidate.symbol === symbol)
  const average = position?.avgEntryPrice ?? position?.mark
  const nothing = { kind: 'taken over', at: first.at, quantity: 0n, cost: 0n, value: 0n } as const
  if (traders.size === 1 && heldIn(first, symbol) === 0n) return nothing
  if (traders.size > 1 || position === undefined || average === undefined) {
    const until = snapshots.find((snapshot) => heldIn(snapshot, symbol) === 0n)?.at
    return { kind: 'unknown', until: until ?? Number.POSITIVE_INFINITY }
  }

  const { multiplier } = known.termsOf(symbol)
  const worth = (price: bigint) => divide(position.qty * price * multiplier, QUANTITY_ONE)
  return {
    kind: 'taken over',
    at: first.at,
    quantity: position.qty,
    cost: worth(average),
    value: worth(position.mark ?? average),
  }
}

function signed(fill: ReferenceFill): bigint {
  return fill.order.side === 'buy' ? fill.quantity : -fill.quantity
}

function heldIn(snapshot: PositionSnapshotFact, symbol: string): bigint {
  return snapshot.positions.find((position) => position.symbol === symbol)?.qty ?? 0n
}
