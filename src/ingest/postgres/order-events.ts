import {
  divideHalfEven,
  MONEY_DIGITS,
  type MoneyE17,
  PRICE_DIGITS,
  type PriceE8,
  parseScaled,
  QUANTITY_DIGITS,
  type QuantityE9,
} from '../../domain/exact.js'
import { text } from './table.js'

/** One event of the order feed. Quantities are what the row says; whether they are cumulative is told by `basis`. */
export interface OrderEvent {
  readonly id: string
  readonly type: string
  readonly at: string | undefined
  readonly createdAt: string
  readonly filledQty: QuantityE9 | undefined
  readonly averagePrice: PriceE8 | undefined
  readonly basis: string | undefined
  readonly qtyDelta: QuantityE9 | undefined
  readonly notionalDelta: MoneyE17 | undefined
}

/** A fill as an event tells it; quantity 0 where the event cannot be told from the others and says nothing. */
export interface EventFill {
  readonly event: OrderEvent
  readonly qty: QuantityE9
  readonly price: PriceE8 | undefined
}

/** The events of an order as its projection lists them: oldest first, each an array. */
export function orderEventsOf(list: unknown): OrderEvent[] {
  if (!Array.isArray(list)) return []
  return list.filter(Array.isArray).map((event: readonly unknown[]) => {
    const [id, type, at, createdAt, filledQty, averagePrice, basis, qtyDelta, notionalDelta] = event
    return {
      id: String(id),
      type: text(type)?.toLowerCase() ?? '',
      at: text(at),
      createdAt: String(createdAt),
      filledQty: scaledOf(filledQty, QUANTITY_DIGITS),
      averagePrice: scaledOf(averagePrice, PRICE_DIGITS),
      basis: text(basis)?.toLowerCase(),
      qtyDelta: scaledOf(qtyDelta, QUANTITY_DIGITS),
      notionalDelta: scaledOf(notionalDelta, MONEY_DIGITS),
    }
  })
}

function scaledOf(value: unknown, digits: number): bigint | undefined {
  const given = text(value)
  return given === undefined ? undefined : parseScaled(given, digits)
}

/**
 * The fills that an order's events tell, one an event of a fill.
 *
 * Where each says what its quantity means, that holds. Else they are cumulative if they never fall and end at the row's
 * quantity, and without that they say nothing: their quantities are 0, so that what they said before is gone.
 * A cumulative event that adds nothing is a repeat. Of one that follows a gap only its own part is its fill; the rest of
 * the row's quantity keeps the row's time.
 */
export function fillsOf(events: readonly OrderEvent[], rowQty: QuantityE9): EventFill[] {
  const fills = events.filter(({ type }) => type === 'fill' || type === 'partial_fill')
  const isStated = fills.every(({ basis, qtyDelta }) => basis !== undefined || qtyDelta !== undefined)
  if (!isStated && !areCumulative(fills, rowQty)) return fills.map((event) => ({ event, qty: 0n, price: undefined }))
  let before: { qty: QuantityE9; notional: MoneyE17 | undefined } = { qty: 0n, notional: 0n }
  return fills.map((event) => {
    const part = event.basis === 'delta' ? statedPart(event) : cumulativePart(event, before)
    const total = event.basis === 'delta' ? before.qty + part.qty : (event.filledQty ?? before.qty + part.qty)
    if (total > before.qty)
      before = { qty: total, notional: event.averagePrice === undefined ? undefined : total * event.averagePrice }
    const price = part.qty > 0n && part.notional > 0n ? divideHalfEven(part.notional, part.qty) : 0n
    return price > 0n ? { event, qty: part.qty, price } : { event, qty: 0n, price: undefined }
  })
}

function areCumulative(fills: readonly OrderEvent[], rowQty: QuantityE9): boolean {
  const totals = fills.map(({ filledQty }) => filledQty ?? -1n)
  return totals.every((total, index) => total >= (totals[index - 1] ?? 0n)) && (totals.at(-1) ?? 0n) === rowQty
}

interface Part {
  readonly qty: QuantityE9
  readonly notional: MoneyE17
}

/** Quantity and price are those of this fill alone. */
function statedPart({ qtyDelta, filledQty, notionalDelta, averagePrice }: OrderEvent): Part {
  const qty = qtyDelta ?? filledQty ?? 0n
  return { qty, notional: notionalDelta ?? qty * (averagePrice ?? 0n) }
}

/** Quantity and price are those of all fills so far. */
function cumulativePart(
  { qtyDelta, filledQty, notionalDelta, averagePrice = 0n }: OrderEvent,
  before: { readonly qty: QuantityE9; readonly notional: MoneyE17 | undefined },
): Part {
  const advance = filledQty === undefined ? (qtyDelta ?? 0n) : filledQty - before.qty
  const qty = qtyDelta !== undefined && qtyDelta < advance ? qtyDelta : advance
  if (qty <= 0n) return { qty: 0n, notional: 0n }
  if (notionalDelta !== undefined && qty === qtyDelta) return { qty, notional: notionalDelta }
  const sinceBefore =
    filledQty !== undefined && qty === advance && before.notional !== undefined
      ? filledQty * averagePrice - before.notional
      : 0n
  return { qty, notional: sinceBefore > 0n ? sinceBefore : qty * averagePrice }
}

/** When an order's events say that things happened: the broker's own times, the best there are. */
export interface EventTimes {
  readonly submittedAt: string | undefined
  /** Of the last fill, where the events reach the row's quantity. */
  readonly filledAt: string | undefined
  /** Of the newest event of a type: canceled, expired, rejected, replaced. */
  endedAt(type: string): string | undefined
}

export function timesOf(events: readonly OrderEvent[], fills: readonly EventFill[], rowQty: QuantityE9): EventTimes {
  if (events.length === 0) return UNTIMED
  const timed = events.filter(({ at }) => at !== undefined)
  const lastOf = (types: readonly string[]) => timed.findLast(({ type }) => types.includes(type))?.at
  const isComplete = rowQty > 0n && fills.reduce((total, { qty }) => total + qty, 0n) === rowQty
  return {
    submittedAt: timed.find(({ type }) => type === 'new' || type === 'accepted')?.at,
    filledAt: lastOf(['fill']) ?? (isComplete ? lastOf(['partial_fill']) : undefined),
    endedAt: (type) => lastOf(type === 'canceled' ? ['canceled', 'cancelled'] : [type]),
  }
}

const UNTIMED: EventTimes = { submittedAt: undefined, filledAt: undefined, endedAt: () => undefined }
