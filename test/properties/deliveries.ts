import type { Fact } from '../../src/domain/facts.js'
import type { EpochMs } from '../../src/domain/time.js'
import { bar, brokerFill, order, snapshot } from '../support/facts.js'
import { ACCOUNTS, type CastBook, lotOf, SYMBOLS } from './cast.js'
import type { BarRunSpec, OrderSpec, SnapshotSpec } from './history-specs.js'

export interface Delivery {
  readonly fact: Fact
  /** When the exporter reads it; later than it happened, or earlier where clocks differ. */
  readonly arrivesAt: EpochMs
}

/** A spec in its place: when it happens, in which book, with which symbol. */
export type Placed<Spec> = Spec & { readonly startsAt: EpochMs; readonly of: CastBook; readonly in: string }

/** One row that grows revision by revision, and the broker's evidence of some of its parts. */
export function deliveriesOfOrder(spec: Placed<OrderSpec>, executionId: string): Delivery[] {
  const { startsAt: submittedAt, in: symbol } = spec
  const base = {
    ...spec.of,
    execution_id: executionId,
    symbol,
    side: spec.isBuy ? 'buy' : 'sell',
    submitted_at: submittedAt,
    submitted_qty: spec.parts.reduce((total, { lots }) => total + lots, 0) * lotOf(symbol),
  }
  const deliveries: Delivery[] = [
    { arrivesAt: submittedAt + spec.lag, fact: order({ ...base, filled_qty: 0, status: 'new' }) },
  ]
  let lots = 0
  let lotCents = 0
  let filledAt = submittedAt
  spec.parts.forEach((part, index) => {
    lots += part.lots
    lotCents += part.lots * part.cents
    filledAt += part.delayMs
    const isLast = index === spec.parts.length - 1
    const isFilled = isLast && spec.ending === 'filled'
    const revision = {
      ...base,
      filled_qty: (lots * lotOf(symbol)).toFixed(9),
      avg_fill_price: (lotCents / lots / 100).toFixed(8),
      filled_at: filledAt,
      status: isFilled ? 'filled' : 'partially_filled',
      ...(isFilled ? { ended_at: filledAt } : {}),
      ...(spec.costCents === undefined ? {} : { costs: ((spec.costCents * (index + 1)) / 100).toFixed(4) }),
    }
    const arrivesAt = filledAt + spec.lag
    if (part.priceIsLate) deliveries.push({ arrivesAt, fact: order({ ...revision, avg_fill_price: null }) })
    deliveries.push({ arrivesAt: arrivesAt + (part.priceIsLate ? 700 : 0), fact: order(revision) })
    if (spec.hasBrokerFills && part.broker)
      deliveries.push({
        arrivesAt: filledAt + (spec.lag === 0 ? -300 : 0),
        fact: brokerFill({
          execution_id: executionId,
          fill_id: `part-${index}`,
          at: filledAt,
          qty: (part.lots * lotOf(symbol)).toFixed(9),
          price: (part.cents / 100).toFixed(2),
        }),
      })
    if (isLast && spec.ending === 'canceled')
      deliveries.push({
        arrivesAt: arrivesAt + 1_000,
        fact: order({ ...revision, status: 'canceled', ended_at: filledAt + 1_000 }),
      })
  })
  if (spec.parts.length === 0 && spec.ending === 'canceled')
    deliveries.push({
      arrivesAt: submittedAt + spec.lag + 30_000,
      fact: order({
        ...base,
        status: 'canceled',
        ended_at: submittedAt + 30_000,
        ...(spec.costCents === undefined ? {} : { costs: spec.costCents / 100 }),
      }),
    })
  return inRevisionOrder(deliveries)
}

/** A source reads the latest revision of a row: a later one never arrives before an earlier one. */
function inRevisionOrder(deliveries: readonly Delivery[]): Delivery[] {
  let latest = Number.NEGATIVE_INFINITY
  return deliveries.map((delivery) => {
    if (delivery.fact.fact !== 'execution') return delivery
    latest = Math.max(latest, delivery.arrivesAt)
    return { ...delivery, arrivesAt: latest }
  })
}

/** What the account would hold by its fills and its inventory; an untrue one leaves the inventory out. */
export function deliveryOfSnapshot(
  { of: { account }, startsAt, isTrue, marks, averages, lag }: Placed<SnapshotSpec>,
  orders: readonly Placed<OrderSpec>[],
  inventory: readonly number[],
): Delivery {
  const positions = SYMBOLS.flatMap((symbol, index) => {
    let quantity = isTrue ? (inventory[ACCOUNTS.indexOf(account) * SYMBOLS.length + index] ?? 0) : 0
    for (const order of orders) {
      if (order.of.account !== account || order.in !== symbol) continue
      let filledAt = order.startsAt
      for (const part of order.parts) {
        filledAt += part.delayMs
        if (filledAt <= startsAt) quantity += part.lots * lotOf(symbol) * (order.isBuy ? 1 : -1)
      }
    }
    if (Math.abs(quantity) < 1e-9) return []
    return [
      { symbol, qty: quantity.toFixed(9), avg_entry_price: dollars(averages[index]), mark: dollars(marks[index]) },
    ]
  })
  return { arrivesAt: startsAt + lag, fact: snapshot(startsAt, positions, { account }) }
}

export function deliveriesOfBars(spec: Placed<BarRunSpec>): Delivery[] {
  let price = spec.startCents
  return spec.moves.map((perMille, index) => {
    const close = Math.max(1, Math.round(price * (1 + perMille / 1_000)))
    // An outlier is usually alone: the price comes back.
    if (Math.abs(perMille) < 100 || perMille === 150) price = close
    const endsAt = spec.startsAt + index * spec.stepMs
    return {
      arrivesAt: endsAt + spec.lag,
      fact: bar(spec.in, endsAt, (close / 100).toFixed(2)),
    }
  })
}

function dollars(value: number | null | undefined): string | null {
  return value === null || value === undefined ? null : (value / 100).toFixed(2)
}
