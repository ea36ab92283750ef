import type { EpochMs } from '../../src/domain/time.js'
import { calendarOf, lotOf, SYMBOLS } from './cast.js'
import type { Placed } from './deliveries.js'
import type { IncidentSpec, OrderSpec } from './history-specs.js'

/** What really happened to the positions of an account, recorded or not. */
export interface Happenings {
  readonly orders: readonly Placed<OrderSpec>[]
  readonly incidents: readonly Placed<IncidentSpec>[]
}

export interface Holding {
  readonly symbol: string
  readonly quantity: number
  readonly averageCents: number
  /** What one share became by splits; its price fell by as much. */
  readonly pieces: number
}

/** Positions and what they cost on average, at an instant; each begins with what was there before all fills. */
export function holdingsOf(
  account: string,
  { orders, incidents }: Happenings,
  inventory: readonly number[],
  until: EpochMs,
): Holding[] {
  const fills = orders.filter((order) => order.of.account === account).flatMap(fillsOf)
  const others = incidents.filter((incident) => incident.of.account === account)
  return SYMBOLS.map((symbol, index) => {
    let quantity = inventory[index] ?? 0
    let averageCents = TYPICAL_CENTS
    let pieces = 1
    const events = [
      ...fills.filter((fill) => fill.symbol === symbol),
      ...others.flatMap(({ in: of, startsAt: at, kind }) => (of === symbol ? [{ at, kind }] : [])),
    ]
      .filter(({ at }) => at <= until)
      .sort((a, b) => a.at - b.at)
    for (const event of events) {
      if ('kind' in event) {
        const [size, change] = INCIDENTS[event.kind]
        quantity = quantity * size + change * lotOf(symbol)
        averageCents /= size === 0 ? 1 : size
        pieces *= event.kind === 'split' ? size : 1
        continue
      }
      const after = quantity + event.quantity - event.feeInKind
      const grows = quantity * event.quantity >= 0
      if (grows) averageCents = (quantity * averageCents + event.quantity * event.cents) / (quantity + event.quantity)
      else if (quantity * after < 0) averageCents = event.cents
      quantity = after
    }
    return { symbol, quantity, averageCents, pieces }
  })
}

export const TYPICAL_CENTS = 10_000

/** By what a quantity is multiplied, and what comes on top, in lots. */
const INCIDENTS: Readonly<Record<IncidentSpec['kind'], readonly [size: number, change: number]>> = {
  closed: [0, 0],
  bought: [1, 2],
  sold: [1, -1],
  split: [10, 0],
}

/** The fills of an order; what a broker takes in coin of what was bought is not there. */
export function fillsOf(order: Placed<OrderSpec>) {
  let at = order.startsAt
  const isTaxed = order.paysInCoin && order.isBuy && calendarOf(order.of.strategy_id) === '24x7'
  return order.parts.map(({ lots, cents, delayMs }) => {
    at += delayMs
    const quantity = lots * lotOf(order.in) * (order.isBuy ? 1 : -1)
    return { at, symbol: order.in, quantity, cents, feeInKind: isTaxed ? quantity * 0.0025 : 0 }
  })
}
