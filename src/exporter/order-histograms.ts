import { Histogram, Registry } from 'prom-client'
import type { EndedOrder } from '../domain/ended-order.js'

const SLIPPAGE_BUCKETS = [-50, -20, -10, -5, -2, -1, 0, 1, 2, 5, 10, 20, 50, 100]
const SHORTFALL_BUCKETS = [-200, -100, -50, -20, -10, -5, 0, 5, 10, 20, 50, 100, 200, 500]
const SUBMIT_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const FILL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400]

/** What the label says of an order that names no adapter. */
const UNKNOWN_ADAPTER = 'unknown'

/**
 * How orders went, as distributions that add up over books and time: each order once, when it has ended. Percentiles of a
 * window are exact gauges of their own; these are for heat maps and long ranges.
 */
export class OrderHistograms {
  readonly #registry = new Registry()
  readonly #observed: readonly (readonly [Histogram, (order: EndedOrder) => number | undefined])[]

  constructor() {
    const histogram = (name: string, help: string, buckets: number[]) =>
      new Histogram({
        ...{ name, help, buckets, registers: [this.#registry] },
        labelNames: ['strategy_id', 'account', 'adapter'],
      })
    this.#observed = [
      [
        histogram(
          'quant_fill_slippage_bps',
          'What the fills of an order cost beyond the mid at submit.',
          SLIPPAGE_BUCKETS,
        ),
        ({ slippageBps }) => slippageBps,
      ],
      [
        histogram('quant_order_shortfall_bps', 'Implementation shortfall of an order.', SHORTFALL_BUCKETS),
        ({ shortfallBps }) => shortfallBps,
      ],
      [
        histogram('quant_decision_to_submit_seconds', 'Time from decision to submit of an order.', SUBMIT_BUCKETS),
        ({ decisionToSubmitSeconds }) => decisionToSubmitSeconds,
      ],
      [
        histogram(
          'quant_submit_to_fill_seconds',
          'Time from submit to last fill of an order that was filled completely.',
          FILL_BUCKETS,
        ),
        ({ submitToFillSeconds }) => submitToFillSeconds,
      ],
    ]
  }

  observe(order: EndedOrder): void {
    const labels = {
      strategy_id: order.strategyId,
      account: order.account,
      adapter: order.adapter ?? UNKNOWN_ADAPTER,
    }
    for (const [histogram, observed] of this.#observed) {
      const value = observed(order)
      if (value !== undefined) histogram.observe(labels, value)
    }
  }

  render(): Promise<string> {
    return this.#registry.metrics()
  }
}
