import { divideHalfEven, type MoneyE17, type QuantityE9 } from '../domain/exact.js'
import type { ExecutionFact, FillFact, Side } from '../domain/facts.js'
import type { EpochMs } from '../domain/time.js'

/** One fill of an order, exact: quantity and notional are the fill, its price is their quotient. */
export interface Fill {
  readonly executionId: string
  readonly fillId: string
  readonly at: EpochMs
  readonly submittedAt: EpochMs
  readonly side: Side
  readonly quantity: QuantityE9
  readonly notional: MoneyE17
  readonly costs: MoneyE17
}

/** The rest of a row that its broker fills leave; `~` sorts after every id a broker gives, so it comes last. */
const REMAINDER = '~remainder'

/** Statuses in which upstream changes a row no more. */
const FINAL_STATUSES: ReadonlySet<string> = new Set([
  'filled',
  'canceled',
  'cancelled',
  'expired',
  'rejected',
  'replaced',
])

export function isFinal(status: string): boolean {
  return FINAL_STATUSES.has(status)
}

/**
 * The fills of an order: a function of its latest revision and its broker fills, never of revisions seen on the way.
 *
 * Broker fills come first, also before the row shows them; what they leave of the row's cumulative quantity is one more
 * fill at the row's fill time, priced at the row's average when the arithmetic leaves nothing. When a final row shows
 * less than its broker fills, the row wins. A quantity whose price is missing waits: it is no fill. The order's cumulative
 * cost is spread over its fills by notional, to the last unit; costs that the broker names with its fills are another
 * source, and two are never mixed. Sorted by (time, fill id).
 * Source: METRICS section 1, "Fill" and "Costs".
 */
export function deriveFills(row: ExecutionFact, brokerFills: readonly FillFact[] = []): Fill[] {
  const evidence = countedFills(row, brokerFills)
  const parts = evidence.map((fill) => ({
    fillId: fill.fillId,
    at: fill.at,
    quantity: fill.qty,
    notional: fill.qty * fill.price,
  }))

  const restQuantity = row.filledQty - sum(evidence.map((fill) => fill.qty))
  if (restQuantity > 0n && row.avgFillPrice !== undefined) {
    const restNotional = row.filledQty * row.avgFillPrice - sum(parts.map((part) => part.notional))
    const notional = restNotional > 0n ? restNotional : restQuantity * row.avgFillPrice
    parts.push({ fillId: REMAINDER, at: row.filledAt ?? row.submittedAt, quantity: restQuantity, notional })
  }

  const sorted = parts
    .filter((part) => part.quantity > 0n)
    .sort((a, b) => a.at - b.at || compareText(a.fillId, b.fillId))
  const shares =
    row.costs === undefined
      ? undefined
      : spread(
          row.costs,
          sorted.map((part) => part.notional),
        )
  return sorted.map((part, index) => ({
    ...part,
    executionId: row.executionId,
    submittedAt: row.submittedAt,
    side: row.side,
    costs: shares?.[index] ?? 0n,
  }))
}

/** True when the row shows a quantity whose price has not been told yet. */
export function waitsForPrice(row: ExecutionFact, brokerFills: readonly FillFact[] = []): boolean {
  return row.avgFillPrice === undefined && row.filledQty > sum(countedFills(row, brokerFills).map((fill) => fill.qty))
}

/** None of them where a final row shows less: then the row wins. */
function countedFills(row: ExecutionFact, brokerFills: readonly FillFact[]): readonly FillFact[] {
  const rowWins = isFinal(row.status) && row.filledQty < sum(brokerFills.map((fill) => fill.qty))
  return rowWins ? [] : brokerFills
}

/** Splits an amount by weights so that the parts add up to it exactly: each is the difference of rounded running shares. */
export function spread(amount: bigint, weights: readonly bigint[]): bigint[] {
  const total = sum(weights)
  let running = 0n
  let given = 0n
  return weights.map((weight) => {
    running += weight
    const upToHere = total === 0n ? 0n : divideHalfEven(amount * running, total)
    const part = upToHere - given
    given = upToHere
    return part
  })
}

/** Byte order of two identifiers: the same on every machine, unlike a locale's. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n)
}
