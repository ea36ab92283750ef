import { recordOf } from '../lib/record-of.js'
import type { Fact, FactKind } from './facts.js'

type FieldsOf<Kind extends FactKind> = Exclude<keyof Extract<Fact, { fact: Kind }>, Transport | 'fact'>
/** When and how a fact was learnt says nothing of what happened. */
type Transport = 'knownAt' | 'revision' | 'ingestedAt'

/** The fields that mean something, of every kind of fact; one that is missing here does not compile. */
const FIELDS: { readonly [Kind in FactKind]: Readonly<Record<FieldsOf<Kind>, boolean>> } = {
  strategy: {
    strategyId: true,
    at: true,
    name: true,
    enabled: true,
    calendar: true,
    accounts: true,
    universe: true,
    benchmark: true,
    capitalShare: true,
  },
  instrument: { symbol: true, multiplier: true, lotSize: true, currency: true, at: true },
  decision: {
    decisionId: true,
    strategyId: true,
    account: true,
    symbol: true,
    at: true,
    action: true,
    qty: true,
    price: true,
    status: true,
    vetoReasons: true,
    brokerRejectReasons: true,
    confidence: true,
    contextFreshnessSeconds: true,
    contextQuality: true,
    reviewedAt: true,
  },
  execution: {
    executionId: true,
    decisionId: true,
    strategyId: true,
    account: true,
    symbol: true,
    side: true,
    orderType: true,
    limitPrice: true,
    submittedQty: true,
    notional: true,
    filledQty: true,
    avgFillPrice: true,
    status: true,
    adapter: true,
    expectedAdapter: true,
    venue: true,
    submittedAt: true,
    filledAt: true,
    endedAt: true,
    replaces: true,
    costs: true,
    // The time of the latest event, which the other fields date.
    at: false,
  },
  fill: { executionId: true, fillId: true, at: true, qty: true, price: true, costs: true },
  position_snapshot: { account: true, at: true, equity: true, cash: true, buyingPower: true, positions: true },
  bar: { symbol: true, at: true, close: true, vwap: true },
  cash_flow: { account: true, flowId: true, at: true, amount: true, kind: true, symbol: true, qty: true },
  signal: { symbol: true, at: true, source: true, bid: true, ask: true },
  opening_position: {
    ...{ strategyId: true, account: true, symbol: true, at: true, qty: true, cost: true, openedAt: true },
    ...{ largestQty: true, enteredQty: true, entryMoment: true, exitedQty: true, exitMoment: true, earned: true },
    ...{ orderRecordCosts: true, brokerActivityCosts: true, feeScheduleCosts: true },
  },
  watermark: { source: true, completeTo: true, at: true },
  feed_minutes: { feed: true, symbol: true, firstAt: true, at: true },
  retraction: { of: true, identity: true, at: true },
}

const NAMES = recordOf(Object.keys(FIELDS) as FactKind[], (kind): readonly string[] =>
  Object.entries(FIELDS[kind]).flatMap(([name, counts]) => (counts ? name : [])),
)

/** Between fields, and between parts of one; no identifier holds them. */
const [FIELD, PART, ITEM] = ['\u001f', '\u001e', '\u001d'] as const

/**
 * One text for what a fact means: equal for equal content, whatever the order in which it lists positions, when it was
 * learnt, in which revision, and when it reached a table. Not for people: it is compared and hashed.
 */
export function contentOf(fact: Fact): string {
  return (fact.fact === 'execution' ? executionParts(fact) : partsOf(fact)).join(FIELD)
}

function partsOf(fact: Fact): unknown[] {
  const fields: Readonly<Record<string, unknown>> = fact
  const parts: unknown[] = [fact.fact]
  for (const name of NAMES[fact.fact]) {
    const value = fields[name]
    if (fact.fact === 'position_snapshot' && name === 'positions') parts.push(positionsText(fact.positions))
    else parts.push(Array.isArray(value) ? value.join(ITEM) : value)
  }
  return parts
}

/**
 * The same of an order, each field read by its own name and written as text at once: orders come by the hundred thousand,
 * and this is twice as fast. A test changes each field in turn and sees another content.
 */
function executionParts(row: Extract<Fact, { fact: 'execution' }>): (string | undefined)[] {
  return [
    row.fact,
    row.executionId,
    row.decisionId,
    row.strategyId,
    row.account,
    row.symbol,
    row.side,
    row.orderType,
    textOf(row.limitPrice),
    textOf(row.submittedQty),
    textOf(row.notional),
    textOf(row.filledQty),
    textOf(row.avgFillPrice),
    row.status,
    row.adapter,
    row.expectedAdapter,
    row.venue,
    textOf(row.submittedAt),
    textOf(row.filledAt),
    textOf(row.endedAt),
    row.replaces,
    textOf(row.costs),
  ]
}

function textOf(value: bigint | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

function positionsText(positions: Extract<Fact, { fact: 'position_snapshot' }>['positions']): string {
  return positions
    .map(
      ({ symbol, qty, avgEntryPrice, mark }) =>
        `${symbol}${ITEM}${qty}${ITEM}${avgEntryPrice ?? ''}${ITEM}${mark ?? ''}`,
    )
    .sort()
    .join(PART)
}
