import type { BookKey } from '../../../src/domain/book.js'
import type { Calendar } from '../../../src/domain/calendar.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Knowledge } from './knowledge.js'

const MINUTE_MS = 60_000
const DUE_AFTER_MS = 15_000
const LIFETIME_MS = 28 * 86_400_000

/** What a book decided, where its orders went and what it could see: METRICS rows 43, 45, 46 and the two rates of its own. */
export class ReferenceWatching {
  readonly #known: Knowledge
  readonly #key: BookKey
  readonly #calendar: Calendar
  readonly #due = new Map<EpochMs, ReadonlySet<EpochMs>>()

  constructor(known: Knowledge, key: BookKey) {
    this.#known = known
    this.#key = key
    this.#calendar = known.calendarOf(key.strategyId)
  }

  /** `starts` are those of the window and of the five-session window. */
  metrics(
    starts: { readonly window: EpochMs; readonly fiveSessions: EpochMs },
    held: readonly string[],
  ): Record<string, number | Reason> {
    const decided = this.#decisionsSince(starts.window)
    const vetoed = decided.filter(({ status, vetoReasons = [], brokerRejectReasons = [] }) => {
      const isBrokers = brokerRejectReasons.length > 0 && vetoReasons.length === 0
      return ['rejected', 'blocked'].includes(status) && !isBrokers
    })
    const routed = this.#known.orders.filter(
      (order) => this.#isMine(order) && order.submittedAt > starts.window && order.adapter && order.expectedAdapter,
    )
    const elsewhere = routed.filter(({ adapter, expectedAdapter }) => adapter !== expectedAdapter)
    const named = this.#known.universes.get(this.#key.strategyId) ?? []
    const others = this.#decisionsSince(starts.fiveSessions).map(({ symbol }) => symbol)
    const symbols = [...new Set([...(named.length > 0 ? named : others), ...held])]
    return {
      decision_veto_rate: decided.length === 0 ? 'no_decisions' : vetoed.length / decided.length,
      route_fallback_rate: routed.length === 0 ? 'no_orders' : elsewhere.length / routed.length,
      context_freshness_seconds: this.#contextFreshness(),
      missing_price_rate: this.#missing(symbols, starts.window, this.#known.bars),
      missing_signal_rate: this.#missing(symbols, starts.window, this.#known.signals),
    }
  }

  #isMine({ strategyId, account }: { strategyId?: string | undefined; account: string }): boolean {
    return strategyId === this.#key.strategyId && account === this.#key.account
  }

  #decisionsSince(start: EpochMs) {
    return this.#known.decisions.filter((decision) => this.#isMine(decision) && decision.at > start)
  }

  #contextFreshness(): number | Reason {
    const { at } = this.#known
    const oldest = this.#calendar.sessionBefore(at, 20).opensAt
    const reviewed = this.#decisionsSince(oldest)
      .flatMap((decision) =>
        decision.reviewedAt === undefined ? [] : { ...decision, reviewedAt: decision.reviewedAt },
      )
      .filter(({ reviewedAt }) => reviewedAt <= at)
      .sort((a, b) => a.reviewedAt - b.reviewedAt || (a.decisionId < b.decisionId ? -1 : 1))
    return reviewed.at(-1)?.contextFreshnessSeconds ?? 'no_reviews'
  }

  #missing(
    symbols: readonly string[],
    start: EpochMs,
    events: ReadonlyMap<string, readonly { readonly at: EpochMs }[]>,
  ): number | Reason {
    if (symbols.length === 0) return 'no_universe'
    const due = this.#dueMinutes(start)
    if (due.size === 0) return 'nothing_due'
    let missing = 0
    for (const symbol of symbols) {
      const seen = new Set((events.get(symbol) ?? []).map(({ at }) => Math.ceil(at / MINUTE_MS) * MINUTE_MS))
      missing += due.size
      for (const end of seen) if (due.has(end)) missing -= 1
    }
    return missing / (due.size * symbols.length)
  }

  /** Every minute is looked at: those that lie in a session whole, ended in the window, and are neither young nor old. */
  #dueMinutes(start: EpochMs): ReadonlySet<EpochMs> {
    const known = this.#due.get(start)
    if (known !== undefined) return known
    const { at } = this.#known
    const due = new Set<EpochMs>()
    this.#due.set(start, due)
    const last = at - DUE_AFTER_MS
    for (let count = 0; ; count += 1) {
      const { opensAt, closesAt } = this.#calendar.sessionBefore(last, count)
      for (let end = opensAt + MINUTE_MS; end <= closesAt; end += MINUTE_MS)
        if (end > start && end <= last && end > at - LIFETIME_MS) due.add(end)
      if (opensAt <= Math.max(start, at - LIFETIME_MS)) return due
    }
  }
}
