import { decision, signal } from '../support/facts.js'
import type { CastBook } from './cast.js'
import { type Delivery, decisionOf, deliveriesOfBars, type Placed } from './deliveries.js'
import type { BarRunSpec, OrderSpec } from './history-specs.js'
import type { ReviewedDecisionSpec, SignalRunSpec } from './watched-specs.js'

/** Signals at the times and prices that the bars of such a run would have. */
export function deliveriesOfSignals({ spreads, source }: SignalRunSpec, run: Placed<BarRunSpec>): Delivery[] {
  return deliveriesOfBars(run).map(({ fact, arrivesAt }, index) => {
    const spread = spreads[index] ?? null
    if (fact.fact !== 'bar') throw new Error('a run of bars has bars')
    const price = Number(fact.close) / 1e8
    return { arrivesAt, fact: signal(fact.symbol, fact.at, { source, ...quoteAround(price, spread) }) }
  })
}

/** So many hundredths of a basis point wide; none where it has no width. */
function quoteAround(price: number, spread: number | null): { readonly bid?: string; readonly ask?: string } {
  if (spread === null) return {}
  const half = (price * spread) / 2e6
  return { bid: (price - half).toFixed(6), ask: (price + half).toFixed(6) }
}

/** What stood behind an order: the decision, and the quotes of the seconds before it. */
export function deliveriesBehindOrder(
  { startsAt, of, in: symbol, lag, decision: decided, quotes, ending, isBuy, isOrphan }: Placed<OrderSpec>,
  executionId: string,
): Delivery[] {
  const seen = quotes.map(({ beforeMs, cents, spread }) => {
    const at = startsAt - beforeMs
    return { arrivesAt: at + Math.max(0, lag), fact: signal(symbol, at, quoteAround(cents / 100, spread)) }
  })
  if (decided === undefined || isOrphan) return seen
  const at = startsAt - decided.leadMs
  const raw = {
    ...of,
    ...{ symbol, at, decision_id: decisionOf(executionId), action: isBuy ? 'buy' : 'sell' },
    price: decided.cents === undefined ? null : (decided.cents / 100).toFixed(2),
    ...(ending === 'rejected'
      ? { status: 'rejected', broker_reject_reasons: ['alpaca_order_rejected: no'] }
      : { status: 'submitted' }),
  }
  return [...seen, { arrivesAt: at + lag, fact: decision(raw) }]
}

/** A decision, and later the review of it, which the same row shows from then on. */
export function deliveriesOfDecision(
  spec: ReviewedDecisionSpec,
  { startsAt, of, symbol, lag }: { startsAt: number; of: CastBook; symbol: string; lag: number },
  decisionId: string,
): Delivery[] {
  const raw = {
    ...of,
    symbol,
    decision_id: decisionId,
    at: startsAt,
    status: spec.status,
    veto_reasons: spec.vetoes,
    broker_reject_reasons: spec.refusals,
  }
  const first = { arrivesAt: startsAt + lag, fact: decision(raw) }
  if (spec.reviewedAfterMs === undefined) return [first]
  const reviewedAt = startsAt + spec.reviewedAfterMs
  const review = { reviewed_at: reviewedAt, context_freshness_seconds: spec.freshnessSeconds, confidence: 0.5 }
  return [first, { arrivesAt: Math.max(first.arrivesAt, reviewedAt + lag), fact: decision({ ...raw, ...review }) }]
}

const ROUTES: readonly (readonly [expected: string | undefined, actual: string | undefined])[] = [
  ['alpaca', 'alpaca'],
  ['lean', 'alpaca'],
  [undefined, 'alpaca'],
  ['lean', undefined],
  ['lean', 'lean'],
]

/** An order with the adapters of one of a few routes; the same in all its revisions. */
export function onItsRoute(delivery: Delivery, index: number): Delivery {
  const { fact } = delivery
  const [expectedAdapter, adapter] = ROUTES[index % ROUTES.length] ?? []
  return fact.fact === 'execution' ? { ...delivery, fact: { ...fact, expectedAdapter, adapter } } : delivery
}
