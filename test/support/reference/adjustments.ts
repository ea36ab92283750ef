import type { BookKey } from '../../../src/domain/book.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, isWithin, magnitude } from './exact.js'
import type { ReferenceFill } from './knowledge.js'
import { FINAL, heldIn, type Knowledge, QUANTITY_ONE, signed } from './knowledge.js'
import { type Change, ReferenceLedger } from './ledger.js'
import type { Opening } from './openings.js'
import type { ReferencePrices } from './prices.js'

const DAY_MS = 86_400_000
const IN_A_ROW = 3

/** What snapshots taught a ledger that its fills did not say: METRICS section 1, "Rebase", and fine print 1. */
export type Adjustment =
  | ({ readonly kind: 'rebase' | 'fee in kind'; readonly at: EpochMs } & Change)
  | { readonly kind: 'split'; readonly at: EpochMs; readonly quantity: bigint; readonly cost: bigint }

/** One symbol of one book. */
export interface History {
  readonly symbol: string
  readonly fills: readonly ReferenceFill[]
  readonly opening: Opening
}

/** The ledger at an instant: what it began with, its fills, and behind those of one instant what a snapshot taught. */
export function ledgerAt(
  { symbol, fills, opening }: History,
  adjustments: readonly Adjustment[],
  known: Knowledge,
  until: EpochMs,
): ReferenceLedger {
  const ledger = new ReferenceLedger(known.termsOf(symbol).lotSize)
  const begins = beginningOf(opening)
  if (opening.kind === 'taken over' && begins <= until) ledger.takeOver(opening.quantity, opening.cost)
  const steps = [
    ...fills.filter(({ at }) => at > begins).map((fill) => ({ at: fill.at, fill })),
    ...adjustments.map((adjustment) => ({ at: adjustment.at, adjustment })),
  ].sort((a, b) => a.at - b.at)
  for (const step of steps) {
    if (step.at > until) break
    if ('fill' in step) ledger.trade({ quantity: signed(step.fill), worth: known.worthOf(step.fill) })
    else if (step.adjustment.kind === 'split') ledger.takeOver(step.adjustment.quantity, step.adjustment.cost)
    else ledger.trade(step.adjustment)
  }
  return ledger
}

/** Behind which instant fills count for the ledger. */
export function beginningOf(opening: Opening): EpochMs {
  if (opening.kind === 'flat') return Number.NEGATIVE_INFINITY
  return opening.kind === 'unknown' ? opening.until : opening.at
}

/** Snapshot after snapshot: three that show the same, and each of them not what the ledger holds at its time. */
export function adjustmentsOf(
  history: History,
  known: Knowledge,
  key: BookKey,
  prices: ReferencePrices,
): readonly Adjustment[] {
  const { symbol, opening, fills } = history
  // A position that nobody traded yet belongs to no book, unless history begins with it.
  const firstFillAt = fills[0]?.at ?? Number.POSITIVE_INFINITY
  const begins = opening.kind === 'taken over' ? opening.at : Math.max(firstFillAt, beginningOf(opening))
  const { lotSize } = known.termsOf(symbol)
  const adjustments: Adjustment[] = []
  let row: bigint[] = []
  for (const snapshot of known.snapshots.filter(({ account }) => account === key.account)) {
    if (snapshot.at < begins) continue
    const told = heldIn(snapshot, symbol)
    const shown = magnitude(told) < lotSize ? 0n : told
    const ledger = ledgerAt(history, adjustments, known, snapshot.at)
    if (shown === ledger.quantity) {
      row = []
      continue
    }
    row = row[0] === shown ? [...row, shown] : [shown]
    const isDue =
      row.length >= IN_A_ROW && isOfOneBook(known, key, snapshot.at) && !hasYoungOrder(known, key, symbol, snapshot.at)
    const adjustment = isDue ? adjustmentTo(shown, ledger, snapshot.at) : undefined
    if (adjustment === undefined) continue
    adjustments.push(adjustment)
    row = []
  }
  return adjustments

  function adjustmentTo(shown: bigint, ledger: ReferenceLedger, at: EpochMs): Adjustment | undefined {
    const position = known.snapshots
      .find((snapshot) => snapshot.account === key.account && snapshot.at === at)
      ?.positions.find((candidate) => candidate.symbol === symbol)
    const worth = (quantity: bigint, price: bigint) =>
      divide(quantity * price * known.termsOf(symbol).multiplier, QUANTITY_ONE)
    const quantity = shown - ledger.quantity
    const mark = prices.at(symbol, fills, at) ?? position?.avgEntryPrice
    const isContinuous = known.calendarOf(key.strategyId).name === '24x7'
    // What is taken in coin is taken from coins that are there.
    if (isContinuous && shown >= 0n && quantity < 0n && -quantity * 200n <= ledger.largest)
      return mark === undefined ? undefined : { kind: 'fee in kind', at, quantity, worth: worth(-quantity, mark) }

    const average = position?.avgEntryPrice ?? position?.mark
    const cost = average === undefined ? undefined : worth(shown, average)
    const isOther = !isWithin(shown, ledger.quantity, 5n, ledger.quantity)
    if (
      ledger.quantity !== 0n &&
      cost !== undefined &&
      isOther &&
      magnitude(cost - ledger.cost) * 200n <= magnitude(ledger.cost)
    )
      return { kind: 'split', at, quantity: shown, cost }

    return mark === undefined ? undefined : { kind: 'rebase', at, quantity, worth: worth(magnitude(quantity), mark) }
  }
}

/** Whether no other book had an order in the account so far. */
function isOfOneBook({ orders }: Knowledge, key: BookKey, at: EpochMs): boolean {
  return !orders.some(
    ({ account, strategyId, submittedAt }) =>
      account === key.account && strategyId !== undefined && strategyId !== key.strategyId && submittedAt <= at,
  )
}

/** An order in the symbol that was submitted within a day and has not ended, whoever's it is. */
function hasYoungOrder({ orders, allFills }: Knowledge, key: BookKey, symbol: string, at: EpochMs): boolean {
  return orders.some((order) => {
    if (order.account !== key.account || order.symbol !== symbol) return false
    if (order.submittedAt > at || at - order.submittedAt >= DAY_MS) return false
    return endOf(order) > at

    function endOf({ endedAt, status, submittedAt, executionId }: typeof order): EpochMs {
      if (endedAt !== undefined) return endedAt
      if (!FINAL.includes(status)) return Number.POSITIVE_INFINITY
      return allFills.filter((fill) => fill.order.executionId === executionId).at(-1)?.at ?? submittedAt
    }
  })
}
