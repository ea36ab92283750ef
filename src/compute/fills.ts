import { divideHalfEven, type MoneyE17, type QuantityE9 } from '../domain/exact.js'
import type { ExecutionFact, FillFact, Side } from '../domain/facts.js'
import type { EpochMs } from '../domain/time.js'
import { type Costs, NO_COSTS } from './costs.js'

/** One fill of an order, exact: quantity and notional are the fill, its price is their quotient. */
export interface Fill {
  readonly executionId: string
  readonly fillId: string
  readonly at: EpochMs
  readonly submittedAt: EpochMs
  readonly side: Side
  readonly quantity: QuantityE9
  readonly notional: MoneyE17
  readonly costs: Costs
}

/** What an order's fills cost by the configured fee schedule; undefined where none is configured for the account. */
export type ScheduledCost = (row: ExecutionFact, quantity: QuantityE9, notional: MoneyE17) => MoneyE17 | undefined

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
 * less than its broker fills, the row wins. A quantity whose price is missing waits: it is no fill. Sorted by (time, fill
 * id).
 *
 * Each fill carries its part of what the order cost, as each source of costs tells it: an order's cumulative cost and the
 * schedule's are spread over the fills by notional, to the last unit; of the broker's, what names a fill is that fill's,
 * and what names the order (a fill of quantity 0) is spread.
 * Source: METRICS section 1, "Fill" and "Costs".
 */
export function deriveFills(
  row: ExecutionFact,
  brokerFills: readonly FillFact[] = [],
  scheduledCost: ScheduledCost = () => undefined,
): Fill[] {
  if (brokerFills.length === 0) return fillsOfRow(row, scheduledCost)
  const evidence = countedFills(row, brokerFills)
  const parts: Part[] = evidence.map((fill) => ({
    fillId: fill.fillId,
    at: fill.at,
    quantity: fill.qty,
    notional: fill.qty * fill.price,
    ownCosts: fill.costs ?? 0n,
  }))

  const restQuantity = row.filledQty - sum(evidence.map((fill) => fill.qty))
  if (restQuantity > 0n && row.avgFillPrice !== undefined) {
    const restNotional = row.filledQty * row.avgFillPrice - sum(parts.map((part) => part.notional))
    const notional = restNotional > 0n ? restNotional : restQuantity * row.avgFillPrice
    const at = row.filledAt ?? row.submittedAt
    parts.push({ fillId: REMAINDER, at, quantity: restQuantity, notional, ownCosts: 0n })
  }

  const sorted = parts
    .filter((part) => part.quantity > 0n)
    .sort((a, b) => a.at - b.at || compareText(a.fillId, b.fillId))
  const costs = costsOf(row, sorted, brokerFills, scheduledCost)
  return sorted.map(({ fillId, at, quantity, notional }, index) => ({
    fillId,
    at,
    quantity,
    notional,
    executionId: row.executionId,
    submittedAt: row.submittedAt,
    side: row.side,
    costs: costs?.[index] ?? NO_COSTS,
  }))
}

/** Most orders are told by their rows alone, as one fill: this is the hot path of reading a history. */
function fillsOfRow(row: ExecutionFact, scheduledCost: ScheduledCost): Fill[] {
  const { executionId, filledQty: quantity, avgFillPrice, filledAt, submittedAt, side } = row
  if (quantity <= 0n || avgFillPrice === undefined) return []
  const notional = quantity * avgFillPrice
  const ofRecord = row.costs ?? 0n
  const ofSchedule = scheduledCost(row, quantity, notional) ?? 0n
  const hasNone = ofRecord === 0n && ofSchedule === 0n
  const costs = hasNone ? NO_COSTS : { order_records: ofRecord, broker_activities: 0n, fee_schedule: ofSchedule }
  const at = filledAt ?? submittedAt
  return [{ fillId: REMAINDER, at, quantity, notional, executionId, submittedAt, side, costs }]
}

/** Whether a fill's time stands for one that nobody told: that of its order's submit. */
export function isUntimed(row: ExecutionFact, { fillId }: Fill): boolean {
  return fillId === REMAINDER && row.filledAt === undefined
}

interface Part {
  readonly fillId: string
  readonly at: EpochMs
  readonly quantity: QuantityE9
  readonly notional: MoneyE17
  /** What the broker charged for this fill by name. */
  readonly ownCosts: MoneyE17
}

/** The costs of each part; undefined when no source says anything but 0. */
function costsOf(
  row: ExecutionFact,
  parts: readonly Part[],
  brokerFills: readonly FillFact[],
  scheduledCost: ScheduledCost,
): Costs[] | undefined {
  if (parts.length === 0) return undefined
  const own = sum(parts.map((part) => part.ownCosts))
  const broker = brokerCostsOf(brokerFills) ?? 0n
  const quantity = sum(parts.map((part) => part.quantity))
  const notionals = parts.map((part) => part.notional)
  const scheduled = scheduledCost(row, quantity, sum(notionals)) ?? 0n
  if ((row.costs ?? 0n) === 0n && broker === 0n && own === 0n && scheduled === 0n) return undefined
  const [ofRecord, ofBroker, ofSchedule] = [row.costs ?? 0n, broker - own, scheduled].map((amount) =>
    spread(amount, notionals),
  )
  return parts.map(({ ownCosts }, index) => ({
    order_records: ofRecord?.[index] ?? 0n,
    broker_activities: ownCosts + (ofBroker?.[index] ?? 0n),
    fee_schedule: ofSchedule?.[index] ?? 0n,
  }))
}

/** What the broker charged for an order, with its fills or by its name; undefined where it named no cost at all. */
export function brokerCostsOf(brokerFills: readonly FillFact[]): MoneyE17 | undefined {
  const named = brokerFills.flatMap(({ costs }) => costs ?? [])
  return named.length === 0 ? undefined : sum(named)
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

/** The canonical order of fills: time, submit time, execution id, fill id. */
export function compareFills(a: Fill, b: Fill): number {
  return (
    a.at - b.at ||
    a.submittedAt - b.submittedAt ||
    compareText(a.executionId, b.executionId) ||
    compareText(a.fillId, b.fillId)
  )
}
