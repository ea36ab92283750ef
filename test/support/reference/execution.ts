import type { EpochMs } from '../../../src/domain/time.js'
import { quotient, sum } from './exact.js'
import type { Answer, Knowledge, ReferenceFill } from './knowledge.js'
import type { ReferenceOrder, ReferenceOrders } from './orders.js'
import type { ReferencePnl } from './pnl.js'
import { percentile } from './statistics.js'

const CANCELLED = ['canceled', 'cancelled', 'expired']

/** METRICS rows 26 to 34 over one window: of all orders of a book, or of those that one adapter took. */
export class ReferenceExecution {
  readonly #known: Knowledge
  readonly #orders: ReferenceOrders
  readonly #all: readonly ReferenceOrder[]
  readonly #ended: readonly ReferenceOrder[]
  readonly #isInside: (at: EpochMs | undefined) => boolean

  constructor(
    readonly pnl: ReferencePnl,
    orders: ReferenceOrders,
    start: EpochMs,
    readonly adapter?: string,
  ) {
    this.#known = pnl.known
    this.#orders = orders
    this.#isInside = (at) => at !== undefined && at > start && at <= pnl.known.at
    this.#all = orders.all.filter(({ order }) => adapter === undefined || order.adapter === adapter)
    this.#ended = this.#all.filter(({ endedAt }) => this.#isInside(endedAt))
  }

  answers(): Record<string, Answer> {
    const [decided, filled] = [this.#decisionToSubmit(), this.#submitToFill()]
    const quantile = (latencies: Answer | readonly number[], p: number): Answer =>
      typeof latencies === 'object' ? percentile(latencies, p) : latencies
    return {
      fill_ratio: this.#fillRatio(),
      reject_rate: this.#rejectRate(),
      cancel_rate: this.#cancelRate(),
      slippage_bps_vs_mid: this.#slippage(),
      implementation_shortfall_bps: this.#shortfall(),
      decision_to_submit_latency_ms_p50: quantile(decided, 0.5),
      decision_to_submit_latency_ms_p95: quantile(decided, 0.95),
      submit_to_fill_latency_ms_p50: quantile(filled, 0.5),
      submit_to_fill_latency_ms_p95: quantile(filled, 0.95),
    }
  }

  #fillRatio(): Answer {
    if (this.#ended.some((one) => this.#orders.isForeign(one))) return 'currency'
    const known = this.#ended.flatMap((one) => {
      const price = this.#orders.referencePrice(one)
      const ordered = this.#orders.ordered(one, price)
      return ordered === undefined ? [] : { filled: one.filled, ordered, price }
    })
    const isPriced = known.every(({ price }) => price !== undefined)
    const weight = (price: bigint | undefined) => (isPriced ? (price ?? 1n) : 1n)
    const ordered = sum(known.map((one) => one.ordered * weight(one.price)))
    if (ordered === 0n) return 'no_orders'
    return quotient(sum(known.map((one) => one.filled * weight(one.price))), ordered)
  }

  #rejectRate(): Answer {
    const rejected = this.#all.filter(({ rejectedAt }) => this.#isInside(rejectedAt)).length + this.#rowlessRejects()
    const submitted = this.#all.filter(
      ({ order, rejectedAt }) => this.#isInside(order.submittedAt) && rejectedAt === undefined,
    ).length
    return rejected + submitted === 0 ? 'no_orders' : rejected / (rejected + submitted)
  }

  /** What the broker refused and no order shows; nothing says which adapter that was. */
  #rowlessRejects(): number {
    if (this.adapter !== undefined) return 0
    const { strategyId, account } = this.pnl.key
    return this.#known.decisions.filter(
      (decision) =>
        decision.strategyId === strategyId &&
        decision.account === account &&
        decision.status === 'rejected' &&
        (decision.brokerRejectReasons ?? []).length > 0 &&
        this.#isInside(decision.at) &&
        !this.#known.orders.some(({ decisionId }) => decisionId === decision.decisionId),
    ).length
  }

  #cancelRate(): Answer {
    if (this.#ended.length === 0) return 'no_orders'
    const cancelled = this.#ended.filter((one) => {
      const ordered = this.#orders.ordered(one, this.#orders.referencePrice(one))
      return CANCELLED.includes(one.order.status) && (ordered === undefined || one.filled < ordered)
    })
    return cancelled.length / this.#ended.length
  }

  #slippage(): Answer {
    const fills = this.#all.flatMap((one) =>
      one.fills.filter(({ at }) => this.#isInside(at)).map((fill) => ({ one, fill })),
    )
    if (fills.some(({ one }) => this.#orders.isForeign(one))) return 'currency'
    if (fills.length === 0) return 'no_fills'
    const priced = fills.flatMap(({ one, fill }) => {
      const mid = this.#orders.midOf(one)?.price
      return mid === undefined ? [] : { one, fill, worth: mid * fill.quantity }
    })
    if (priced.length === 0) return 'no_mid'
    const lost = priced.map(
      ({ one, fill, worth }) => one.side * (fill.notional - worth) * this.#orders.multiplierOf(one),
    )
    const whole = priced.map(({ one, worth }) => worth * this.#orders.multiplierOf(one))
    return quotient(sum(lost) * 10_000n, sum(whole))
  }

  #shortfall(): Answer {
    const decided = this.#ended.flatMap((one) => {
      const price = one.decision?.price
      const ordered = this.#orders.ordered(one, price)
      return price === undefined || ordered === undefined ? [] : { one, price, ordered }
    })
    if (decided.some(({ one }) => this.#orders.isForeign(one))) return 'currency'
    if (this.#ended.length === 0) return 'no_orders'
    if (decided.length === 0) return 'no_decision_price'
    let lost = 0n
    let whole = 0n
    for (const { one, price, ordered } of decided) {
      const unfilled = ordered > one.filled ? ordered - one.filled : 0n
      const mark = unfilled === 0n ? price : this.#orders.markAt(one, one.endedAt ?? 0)
      if (mark === undefined) return 'missing_mark'
      const traded = sum(one.fills.map(({ notional }) => notional)) - price * one.filled
      const missed = (mark - price) * unfilled
      lost += one.side * (traded + missed) * this.#orders.multiplierOf(one) + this.#orders.costsOf(one) * 1_000_000_000n
      whole += price * ordered * this.#orders.multiplierOf(one)
    }
    return whole === 0n ? 'no_orders' : quotient(lost * 10_000n, whole)
  }

  #decisionToSubmit(): Answer | readonly number[] {
    const submitted = this.#all.filter(({ order }) => this.#isInside(order.submittedAt))
    if (submitted.length === 0) return 'no_orders'
    return told(submitted.map(({ order, decision }) => decision && order.submittedAt - decision.at))
  }

  #submitToFill(): Answer | readonly number[] {
    const filled = this.#ended.filter(({ order }) => order.status === 'filled')
    if (filled.length > 0)
      return told(
        filled.map(({ order, fills }) => {
          const last = fills.at(-1)
          return last && isDated(last) ? last.at - order.submittedAt : undefined
        }),
      )
    const isActive = this.#all.some(
      ({ order, fills, endedAt, rejectedAt }) =>
        [order.submittedAt, endedAt, rejectedAt].some(this.#isInside) || fills.some(({ at }) => this.#isInside(at)),
    )
    return isActive ? 'no_fills' : 'no_orders'
  }
}

/** What a row has beside the broker's fills and does not date stands at the submit: no end of a latency. */
function isDated({ id, order }: ReferenceFill): boolean {
  return id !== '\uffff' || order.filledAt !== undefined
}

function told(latencies: readonly (number | undefined)[]): Answer | readonly number[] {
  const valid = latencies.filter((latency): latency is number => latency !== undefined && latency >= 0)
  return valid.length === 0 ? 'no_timestamps' : valid
}
