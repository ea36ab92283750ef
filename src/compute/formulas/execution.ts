import {
  divideHalfEven,
  MONEY_DIGITS,
  type MoneyE17,
  type PriceE8,
  type QuantityE9,
  ratio,
  toNumber,
} from '../../domain/exact.js'
import type { Side } from '../../domain/facts.js'
import type { MetricResult } from '../../domain/metric.js'
import { noSums, type Sums } from '../accumulators/summed-timeline.js'
import { insufficient, ok } from '../result.js'
import { percentileOfSorted } from './percentile.js'

/**
 * Execution and transaction cost analysis in numbers that can be added: an order or a fill gives its terms once, and
 * every figure is a function of sums of terms.
 */

const BPS = 10_000n

/** +1 for a purchase, −1 for a sale: what raises the price of a purchase hurts. */
function signOf(side: Side): bigint {
  return side === 'buy' ? 1n : -1n
}

export const RATIO_SUMS = [
  'counted',
  'leftOut',
  'unpriced',
  'filled',
  'submitted',
  'filledWorth',
  'submittedWorth',
] as const
export type RatioSums = Sums<(typeof RATIO_SUMS)[number]>

export interface RatioOrder {
  readonly filled: QuantityE9
  /** Undefined where only a notional was asked for, and no price turns it into a quantity. */
  readonly submitted: QuantityE9 | undefined
  /** What weighs the order against others; undefined where nobody knows one. */
  readonly reference: PriceE8 | undefined
}

/** What one ended order adds to the ratio of filled to submitted. */
export function ratioTerms({ filled, submitted, reference }: RatioOrder): RatioSums {
  if (submitted === undefined) return { ...NO_RATIO, leftOut: 1n }
  return {
    counted: 1n,
    leftOut: 0n,
    unpriced: reference === undefined ? 1n : 0n,
    filled,
    submitted,
    filledWorth: filled * (reference ?? 0n),
    submittedWorth: submitted * (reference ?? 0n),
  }
}

const NO_RATIO: RatioSums = noSums(RATIO_SUMS)

/** Filled over submitted; by worth, or by quantity as soon as one order has no reference price. */
export function fillRatioOf({ counted, leftOut, unpriced, ...sums }: RatioSums): MetricResult {
  const isByWorth = unpriced === 0n
  const [filled, submitted] = isByWorth ? [sums.filledWorth, sums.submittedWorth] : [sums.filled, sums.submitted]
  const meta = { n: Number(counted), left_out: Number(leftOut), weighed_by: isByWorth ? 'price' : 'quantity' }
  return submitted === 0n ? insufficient('no_orders', meta) : ok(ratio(filled, submitted), meta)
}

export const SLIPPAGE_SUMS = [
  'fills',
  'notional',
  'fillsWithMid',
  'notionalWithMid',
  'slippage',
  'worthAtMid',
  'midAgeMs',
] as const
export type SlippageSums = Sums<(typeof SLIPPAGE_SUMS)[number]>

/** The middle of the quote that an order was sent into, and how old the quote was then. */
export interface Mid {
  readonly price: PriceE8
  readonly ageMs: number
}

/** What one fill adds to the slippage against the mid at its order's submit. */
export function slippageTerms(
  { side, quantity, notional }: { readonly side: Side; readonly quantity: QuantityE9; readonly notional: MoneyE17 },
  mid: Mid | undefined,
  worth: (notional: MoneyE17) => MoneyE17 = (same) => same,
): SlippageSums {
  const traded = worth(notional)
  const none = {
    fills: 1n,
    notional: traded,
    fillsWithMid: 0n,
    notionalWithMid: 0n,
    slippage: 0n,
    worthAtMid: 0n,
    midAgeMs: 0n,
  }
  if (mid === undefined) return none
  const worthAtMid = worth(quantity * mid.price)
  const slippage = signOf(side) * (traded - worthAtMid)
  return { ...none, fillsWithMid: 1n, notionalWithMid: traded, slippage, worthAtMid, midAgeMs: BigInt(mid.ageMs) }
}

/** What the fills cost more than the mid at submit, in basis points of it. */
export function slippageBpsOf(sums: SlippageSums): MetricResult {
  const { fills, notional, fillsWithMid, notionalWithMid, slippage, worthAtMid, midAgeMs } = sums
  if (fills === 0n) return insufficient('no_fills')
  const meta = { n: Number(fillsWithMid), coverage: notional === 0n ? 0 : ratio(notionalWithMid, notional) }
  if (worthAtMid === 0n) return insufficient('no_mid', meta)
  const mid_age_seconds = Number(midAgeMs) / Number(fillsWithMid) / 1000
  const slippage_usd = toNumber(slippage, MONEY_DIGITS)
  return ok(ratio(slippage * BPS, worthAtMid), { ...meta, mid_age_seconds, slippage_usd })
}

export const SHORTFALL_SUMS = [
  'decided',
  'unmarked',
  'withMid',
  'worthDecided',
  'delay',
  'execution',
  'opportunity',
] as const
export type ShortfallSums = Sums<(typeof SHORTFALL_SUMS)[number]>
export const NO_SHORTFALL: ShortfallSums = noSums(SHORTFALL_SUMS)

export interface ShortfallOrder {
  readonly side: Side
  readonly decision: PriceE8
  readonly ordered: QuantityE9
  readonly filled: QuantityE9
  readonly filledNotional: MoneyE17
  /** At submit. */
  readonly mid: PriceE8 | undefined
  /** The mark at the order's end; it matters only where something was left unfilled. */
  readonly end: PriceE8 | undefined
  readonly worth?: (notional: MoneyE17) => MoneyE17
}

/** What one ended order adds to the implementation shortfall; its costs are added by whoever knows them. */
export function shortfallTerms(order: ShortfallOrder): ShortfallSums {
  const { side, decision, ordered, filled, filledNotional, mid, end, worth = (same) => same } = order
  const unfilled = ordered > filled ? ordered - filled : 0n
  const sign = signOf(side)
  const base = mid ?? decision
  return {
    decided: 1n,
    unmarked: unfilled > 0n && end === undefined ? 1n : 0n,
    withMid: mid === undefined ? 0n : 1n,
    worthDecided: worth(decision * ordered),
    delay: sign * worth((base - decision) * filled),
    execution: sign * worth(filledNotional - base * filled),
    opportunity: sign * worth(((end ?? decision) - decision) * unfilled),
  }
}

/** Perold's shortfall of what was decided against what was got, in basis points of the former, with its parts. */
export function shortfallBpsOf(
  { decided, unmarked, withMid, worthDecided, delay, execution, opportunity }: ShortfallSums,
  costs: MoneyE17,
): MetricResult {
  if (decided === 0n) return insufficient('no_decision_price')
  if (unmarked > 0n) return insufficient('missing_mark', { n: Number(decided), without_mark: Number(unmarked) })
  if (worthDecided === 0n) return insufficient('no_orders', { n: Number(decided) })
  const bps = (amount: bigint) => ratio(amount * BPS, worthDecided)
  return ok(bps(delay + execution + opportunity + costs), {
    n: Number(decided),
    n_with_mid: Number(withMid),
    decided_usd: toNumber(worthDecided, MONEY_DIGITS),
    components_bps: { delay: bps(delay), execution: bps(execution), opportunity: bps(opportunity), costs: bps(costs) },
  })
}

/** Latencies that could be measured, ascending, and how many could not. */
export interface Latencies {
  readonly ms: readonly number[]
  /** Without one of the two instants. */
  readonly missing: number
  /** The later one came out earlier. */
  readonly negative: number
}

/** A percentile of latencies in milliseconds. */
export function latencyOf({ ms, missing, negative }: Latencies, p: number): MetricResult {
  const value = percentileOfSorted(ms, p)
  const meta = { n: ms.length, left_out: missing + negative, negative }
  return value === undefined ? insufficient('no_timestamps', meta) : ok(value, meta)
}

/** A quantity for a notional at a price, rounded half to even. */
export function quantityFor(notional: MoneyE17, price: PriceE8): QuantityE9 {
  return divideHalfEven(notional, price)
}
