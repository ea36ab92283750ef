import { noSums, plusSums } from '../accumulators/summed-timeline.js'
import {
  fillRatioOf,
  latencyOf,
  RATIO_SUMS,
  ratioTerms,
  SLIPPAGE_SUMS,
  shortfallBpsOf,
  shortfallTerms,
  slippageBpsOf,
  slippageTerms,
} from '../formulas/execution.js'
import { percentileOf } from '../formulas/percentile.js'
import { insufficient, ok } from '../result.js'
import { type Calculation, calculationOf, missing } from './calculation.js'
import type { CalcInput } from './case.js'
import { scaled } from './numbers.js'
import { isKnown } from './series.js'

/** Finer than orders and prices are: these figures are ratios, so the unit of what they are made of does not matter. */
const DIGITS = 18
const WORTH_DIGITS = 2 * DIGITS

/** Figures of orders and their fills, and percentiles of plain values. */
export const EXECUTION_FIGURES: readonly Calculation[] = [
  calculationOf('fill_ratio', {
    lacks: ({ given: { input } }) => missing({ orders: input.orders }),
    compute: ({ given: { input } }) =>
      fillRatioOf(
        (input.orders ?? [])
          .map(({ qty, filled_qty }) =>
            ratioTerms({ submitted: exact(qty), filled: exact(filled_qty), reference: undefined }),
          )
          .reduce(plusSums, noSums(RATIO_SUMS)),
      ),
  }),
  calculationOf('slippage_bps_vs_mid', {
    lacks: ({ given: { input } }) => missing({ side: input.side, fills_exec: input.fills_exec }),
    compute: ({ given: { input } }) => slippageOf(input),
  }),
  calculationOf('implementation_shortfall_bps', {
    lacks: ({ given: { input } }) =>
      missing({
        side: input.side,
        decision_price: input.decision_price,
        order_qty: input.order_qty,
        fills_exec: input.fills_exec,
      }),
    compute: ({ given: { input } }) => shortfallOf(input),
  }),
  ...[
    ['decision_to_submit_latency_ms_p50', 0.5] as const,
    ['decision_to_submit_latency_ms_p95', 0.95] as const,
    ['submit_to_fill_latency_ms_p50', 0.5] as const,
    ['submit_to_fill_latency_ms_p95', 0.95] as const,
  ].map(([name, p]) =>
    calculationOf(name, {
      lacks: lacksValues,
      // Values do not say what they are.
      isOnlyOnDemand: () => true,
      compute: ({ given: { input } }) =>
        latencyOf({ ms: valuesOf(input).toSorted((a, b) => a - b), missing: 0, negative: 0 }, p),
    }),
  ),
  {
    name: 'percentile',
    unit: 'value',
    decimals: 6,
    lacks: (reading) => [...lacksValues(reading), ...missing({ 'params.p': reading.given.params.p })],
    compute: ({ given: { input, params } }) => {
      const value = percentileOf(valuesOf(input), params.p ?? 0)
      return value === undefined ? insufficient('too_few_observations') : ok(value)
    },
  },
]

function slippageOf({ side = 'buy', fills_exec = [] }: CalcInput) {
  const terms = fills_exec.map(({ qty, price, mid }) =>
    slippageTerms(
      { side, quantity: exact(qty), notional: exact(qty) * exact(price) },
      mid === undefined ? undefined : { price: exact(mid), ageMs: 0 },
    ),
  )
  return slippageBpsOf(terms.reduce(plusSums, noSums(SLIPPAGE_SUMS)))
}

function shortfallOf({
  side = 'buy',
  fills_exec = [],
  decision_price = 0,
  order_qty = 0,
  end_price,
  fees = 0,
}: CalcInput) {
  const terms = shortfallTerms({
    side,
    decision: exact(decision_price),
    ordered: exact(order_qty),
    filled: fills_exec.reduce((sum, { qty }) => sum + exact(qty), 0n),
    filledNotional: fills_exec.reduce((sum, { qty, price }) => sum + exact(qty) * exact(price), 0n),
    // It only divides the figure into its parts.
    mid: undefined,
    end: end_price === undefined ? undefined : exact(end_price),
  })
  return shortfallBpsOf(terms, scaled(fees, WORTH_DIGITS))
}

function lacksValues({ given: { input } }: Parameters<Calculation['lacks']>[0]): string[] {
  return missing({ values: input.values })
}

function valuesOf({ values = [] }: CalcInput): number[] {
  return values.filter(isKnown)
}

function exact(value: number): bigint {
  return scaled(value, DIGITS)
}
