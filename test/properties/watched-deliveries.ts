import { decision, signal } from '../support/facts.js'
import type { CastBook } from './cast.js'
import { type Delivery, deliveriesOfBars, type Placed } from './deliveries.js'
import type { BarRunSpec } from './history-specs.js'
import type { ReviewedDecisionSpec, SignalRunSpec } from './watched-specs.js'

/** Signals at the times and prices that the bars of such a run would have. */
export function deliveriesOfSignals({ spreads, source }: SignalRunSpec, run: Placed<BarRunSpec>): Delivery[] {
  return deliveriesOfBars(run).map(({ fact, arrivesAt }, index) => {
    const spread = spreads[index] ?? null
    if (fact.fact !== 'bar') throw new Error('a run of bars has bars')
    const price = Number(fact.close) / 1e8
    const half = (price * (spread ?? 0)) / 2e6
    const quote = spread === null ? {} : { bid: (price - half).toFixed(6), ask: (price + half).toFixed(6) }
    return { arrivesAt, fact: signal(fact.symbol, fact.at, { source, ...quote }) }
  })
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
]

/** An order with the adapters of one of a few routes; the same in all its revisions. */
export function onItsRoute(delivery: Delivery, index: number): Delivery {
  const { fact } = delivery
  const [expectedAdapter, adapter] = ROUTES[index % ROUTES.length] ?? []
  return fact.fact === 'execution' ? { ...delivery, fact: { ...fact, expectedAdapter, adapter } } : delivery
}
