import type { Fact } from '../../src/domain/facts.js'
import { identityFieldsOf, identityOf } from '../../src/domain/identity.js'
import { DAY_MS, type EpochMs, MINUTE_MS } from '../../src/domain/time.js'
import { bar, brokerFill, fact, order, snapshot } from '../support/facts.js'
import { ACCOUNTS, type CastBook, lotOf, multiplierOf, SYMBOLS } from './cast.js'
import type { BarRunSpec, FlowSpec, OrderSpec, RetractionSpec, SnapshotSpec } from './history-specs.js'
import { fillsOf, type Happenings, holdingsOf, TYPICAL_CENTS } from './holdings.js'

export interface Delivery {
  readonly fact: Fact
  /** When the exporter reads it; later than it happened, or earlier where clocks differ. */
  readonly arrivesAt: EpochMs
}

/** A spec in its place: when it happens, in which book, with which symbol. */
export type Placed<Spec> = Spec & { readonly startsAt: EpochMs; readonly of: CastBook; readonly in: string }

/** Who tells what orders cost: their rows, the broker, both or nobody. */
export type CostTellers = 'records' | 'broker' | 'both' | 'nobody'

/** One row that grows revision by revision, and the broker's evidence of some of its parts and of its fee. */
export function deliveriesOfOrder(drawn: Placed<OrderSpec>, executionId: string, tellers: CostTellers): Delivery[] {
  const recordsTell = tellers === 'records' || tellers === 'both'
  const brokerTells = tellers === 'broker' || tellers === 'both'
  const spec = recordsTell ? drawn : { ...drawn, costCents: undefined }
  const { startsAt: submittedAt, in: symbol } = spec
  const askedLots =
    spec.parts.reduce((total, { lots }) => total + lots, 0) + (spec.ending === 'filled' ? 0 : spec.unfilledLots)
  const base = {
    ...spec.of,
    ...(spec.isOrphan ? { strategy_id: null } : {}),
    execution_id: executionId,
    decision_id: spec.decision === undefined ? null : decisionOf(executionId),
    symbol,
    side: spec.isBuy ? 'buy' : 'sell',
    limit_price: dollars(spec.limitCents),
    submitted_at: submittedAt,
    submitted_qty: spec.asks === 'quantity' ? askedLots * lotOf(symbol) : 0,
    notional: spec.asks === 'notional' ? dollarsOf(symbol, askedLots * lotOf(symbol), TYPICAL_CENTS) : null,
  }
  const deliveries: Delivery[] = [
    { arrivesAt: submittedAt + spec.lag, fact: order({ ...base, filled_qty: 0, status: 'new' }) },
  ]
  let lots = 0
  let lotCents = 0
  let filledAt = submittedAt
  const endsUnfilled = spec.ending !== 'filled' && spec.ending !== 'new'
  const endAt = (at: EpochMs) => ({ ended_at: spec.hasEnd && spec.ending !== 'done_for_day' ? at : null })
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
      filled_at: spec.isDated ? filledAt : null,
      at: filledAt,
      status: isFilled ? 'filled' : 'partially_filled',
      ...(isFilled ? endAt(filledAt) : {}),
      ...(spec.costCents === undefined ? {} : { costs: ((spec.costCents * (index + 1)) / 100).toFixed(4) }),
    }
    const arrivesAt = filledAt + spec.lag
    if (part.priceIsLate) deliveries.push({ arrivesAt, fact: order({ ...revision, avg_fill_price: null }) })
    deliveries.push({ arrivesAt: arrivesAt + (part.priceIsLate ? 700 : 0), fact: order(revision) })
    if (spec.hasBrokerFills && part.broker)
      deliveries.push({
        arrivesAt: filledAt + part.brokerLagMs,
        fact: brokerFill({
          execution_id: executionId,
          fill_id: `part-${index}`,
          at: filledAt,
          qty: (part.lots * lotOf(symbol)).toFixed(9),
          price: (part.cents / 100).toFixed(2),
          costs: brokerTells ? dollars(part.brokerCents) : null,
        }),
      })
    if (isLast && endsUnfilled)
      deliveries.push({
        arrivesAt: arrivesAt + 1_000,
        fact: order({ ...revision, status: spec.ending, ...endAt(filledAt + 1_000), at: filledAt + 1_000 }),
      })
  })
  if (spec.parts.length === 0 && endsUnfilled)
    deliveries.push({
      arrivesAt: submittedAt + spec.lag + 30_000,
      fact: order({
        ...base,
        status: spec.ending,
        ...endAt(submittedAt + 30_000),
        at: submittedAt + 30_000,
        ...(spec.costCents === undefined ? {} : { costs: spec.costCents / 100 }),
      }),
    })
  if (brokerTells && spec.feeCents !== undefined) {
    const at = submittedAt + spec.feeAfterMs
    const fee = { execution_id: executionId, fill_id: 'fee', at, qty: 0, price: 1, costs: dollars(spec.feeCents) }
    deliveries.push({ arrivesAt: at + Math.max(0, spec.lag), fact: brokerFill(fee) })
  }
  return inRevisionOrder(deliveries)
}

export function decisionOf(executionId: string): string {
  return `behind ${executionId}`
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
 * What the account holds and has by all that happened, its flows and its inventory; an untrue one leaves the inventory
 * out. Fees and what a foreign quote is worth are left to chance. One after the other where there are several.
 */
export function deliveriesOfSnapshots(
  spec: Placed<SnapshotSpec>,
  happened: Happenings,
  flows: readonly Placed<FlowSpec>[],
  inventory: readonly number[],
): Delivery[] {
  return Array.from({ length: spec.length }, (_, index) =>
    deliveryOfSnapshot({ ...spec, startsAt: spec.startsAt + index * spec.stepMs }, happened, flows, inventory),
  )
}

/** One of them; where it is told, with so much in cash that nothing explains. */
export function deliveryOfSnapshot(
  spec: Placed<SnapshotSpec> & { readonly gainedDollars?: number },
  happened: Happenings,
  flows: readonly Placed<FlowSpec>[],
  inventory: readonly number[],
): Delivery {
  const { account } = spec.of
  const { startsAt, marks, averages } = spec
  const first = ACCOUNTS.indexOf(account) * SYMBOLS.length
  const unexplained = spec.isTrue ? inventory.slice(first, first + SYMBOLS.length) : []
  const positions = holdingsOf(account, happened, unexplained, startsAt)
    .map(({ symbol, quantity, averageCents, pieces }, index) => {
      const [mark, told] = [marks[index], averages[index]]
      return {
        symbol,
        quantity,
        mark: mark === undefined ? undefined : Math.max(1, Math.round(mark / pieces)),
        average: told === 'true' ? averageCents : told,
      }
    })
    .filter(({ quantity }) => Math.abs(quantity) >= 1e-9)
  const shown = flows.filter((flow) => flow.of.account === account && flow.startsAt + flow.delayMs <= startsAt)
  const fills = happened.orders
    .filter((order) => order.of.account === account)
    .flatMap(fillsOf)
    .filter(({ at }) => at <= startsAt)
  const debt = spec.equity === 'broke' ? 4_000_000 : 0
  const cash =
    FIRST_CASH_DOLLARS +
    (spec.gainedDollars ?? 0) -
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
    avg_entry_price: average === undefined ? null : (average / 100).toFixed(8),
    mark: dollars(mark),
  }))
  const amounts = { equity: (worth * EQUITY_OF_WORTH[spec.equity]).toFixed(8), cash: cash.toFixed(8) }
  return { arrivesAt: startsAt + spec.lag, fact: snapshot(startsAt, told, { account, ...amounts }) }
}

const FIRST_CASH_DOLLARS = 20_000
const EQUITY_OF_WORTH: Readonly<Record<SnapshotSpec['equity'], number>> = {
  exact: 1,
  near: 1.003,
  border: 0.99,
  far: 1.02,
  zero: 0,
  broke: 1,
}

function dollarsOf(symbol: string, quantity: number, cents: number): number {
  return (quantity * cents * multiplierOf(symbol)) / 100
}

/** The record, where there is one; without it only the cash of snapshots shows the flow. */
export function deliveriesOfFlow(spec: Placed<FlowSpec>, flowId: string): Delivery[] {
  if (!spec.isTold) return []
  const at = spec.isDated ? Math.floor(spec.startsAt / DAY_MS) * DAY_MS : spec.startsAt
  const coin = spec.isInCoin && spec.kind === 'fee' ? { symbol: 'BTCUSD', qty: -0.01 } : {}
  const raw = { account: spec.of.account, flow_id: flowId, at, amount: spec.dollars, kind: spec.kind, ...coin }
  return [{ arrivesAt: spec.startsAt + spec.lag, fact: fact('cash_flow', raw) }]
}

/**
 * Some fact of a kind vanishes from its source, a while after its last revision was read. Of old snapshots the last of a
 * minute stands for all of it: one that has others beside it does not vanish here, since these could not come back.
 */
export function deliveryOfRetraction(
  { of, kind, afterMs }: RetractionSpec,
  deliveries: readonly Delivery[],
): Delivery | undefined {
  const candidates = deliveries.filter(({ fact: told }) => told.fact === kind && standsForItself(told, deliveries))
  const chosen = candidates[of % Math.max(1, candidates.length)]?.fact
  if (chosen === undefined) return undefined
  const same = candidates.filter(({ fact: told }) => identityOf(told) === identityOf(chosen))
  const arrivesAt = Math.max(...same.map((delivery) => delivery.arrivesAt)) + afterMs
  return { arrivesAt, fact: fact('retraction', { at: arrivesAt, of: kind, identity: identityFieldsOf(chosen) }) }
}

function standsForItself(told: Fact, deliveries: readonly Delivery[]): boolean {
  if (told.fact !== 'position_snapshot') return true
  const minute = Math.ceil(told.at / MINUTE_MS)
  return !deliveries.some(
    ({ fact: other }) =>
      other.fact === 'position_snapshot' &&
      other.account === told.account &&
      other.at !== told.at &&
      Math.ceil(other.at / MINUTE_MS) === minute,
  )
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
