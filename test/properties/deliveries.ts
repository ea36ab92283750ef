import type { Fact } from '../../src/domain/facts.js'
import { DAY_MS, type EpochMs } from '../../src/domain/time.js'
import { bar, brokerFill, fact, order, snapshot } from '../support/facts.js'
import { ACCOUNTS, type CastBook, lotOf, multiplierOf, SYMBOLS } from './cast.js'
import type { BarRunSpec, FlowSpec, OrderSpec, SnapshotSpec } from './history-specs.js'

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
    ...(spec.isOrphan ? { strategy_id: null } : {}),
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

/**
 * What the account would hold and have by its fills, its flows and its inventory; an untrue one leaves the inventory
 * out. Fees and what a foreign quote is worth are left to chance.
 */
export function deliveryOfSnapshot(
  spec: Placed<SnapshotSpec>,
  orders: readonly Placed<OrderSpec>[],
  flows: readonly Placed<FlowSpec>[],
  inventory: readonly number[],
): Delivery {
  const { account } = spec.of
  const { startsAt, marks, averages } = spec
  const fills = orders
    .filter((order) => order.of.account === account)
    .flatMap(fillsOf)
    .filter(({ at }) => at <= startsAt)
  const shown = flows.filter((flow) => flow.of.account === account && flow.startsAt + flow.delayMs <= startsAt)
  const positions = SYMBOLS.map((symbol, index) => {
    const unexplained = spec.isTrue ? (inventory[ACCOUNTS.indexOf(account) * SYMBOLS.length + index] ?? 0) : 0
    const bought = fills.filter((fill) => fill.symbol === symbol).reduce((sum, { quantity }) => sum + quantity, 0)
    return { symbol, quantity: unexplained + bought, mark: marks[index], average: averages[index] }
  }).filter(({ quantity }) => Math.abs(quantity) >= 1e-9)
  const debt = spec.equity === 'broke' ? 4_000_000 : 0
  const cash =
    FIRST_CASH_DOLLARS -
    debt -
    fills.reduce((sum, fill) => sum + dollarsOf(fill.symbol, fill.quantity, fill.cents), 0) +
    shown.reduce((sum, { dollars: amount, shown: perMille }) => sum + (amount * perMille) / 1_000, 0)
  const worth = positions.reduce(
    (sum, { symbol, quantity, mark, average }) => sum + dollarsOf(symbol, quantity, mark ?? average ?? TYPICAL_CENTS),
    cash,
  )
  const told = positions.map(({ symbol, quantity, mark, average }) => ({
    symbol,
    qty: quantity.toFixed(9),
    avg_entry_price: dollars(average),
    mark: dollars(mark),
  }))
  const amounts = { equity: (worth * EQUITY_OF_WORTH[spec.equity]).toFixed(8), cash: cash.toFixed(8) }
  return { arrivesAt: startsAt + spec.lag, fact: snapshot(startsAt, told, { account, ...amounts }) }
}

const FIRST_CASH_DOLLARS = 20_000
const TYPICAL_CENTS = 10_000
const EQUITY_OF_WORTH: Readonly<Record<SnapshotSpec['equity'], number>> = {
  exact: 1,
  near: 1.003,
  border: 0.99,
  far: 1.02,
  zero: 0,
  broke: 1,
}

function fillsOf(order: Placed<OrderSpec>) {
  let at = order.startsAt
  return order.parts.map(({ lots, cents, delayMs }) => {
    at += delayMs
    return { at, symbol: order.in, quantity: lots * lotOf(order.in) * (order.isBuy ? 1 : -1), cents }
  })
}

function dollarsOf(symbol: string, quantity: number, cents: number): number {
  return (quantity * cents * multiplierOf(symbol)) / 100
}

/** The record, where there is one; without it only the cash of snapshots shows the flow. */
export function deliveriesOfFlow(spec: Placed<FlowSpec>, flowId: string): Delivery[] {
  if (!spec.isTold) return []
  const at = spec.isDated ? Math.floor(spec.startsAt / DAY_MS) * DAY_MS : spec.startsAt
  const raw = { account: spec.of.account, flow_id: flowId, at, amount: spec.dollars, kind: spec.kind }
  return [{ arrivesAt: spec.startsAt + spec.lag, fact: fact('cash_flow', raw) }]
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
