import { absolute, type PriceE8, type QuantityE9 } from '../../domain/exact.js'
import type { ExecutionFact } from '../../domain/facts.js'
import { BAR_LIFETIME_MS, QUOTE_LIFETIME_MS } from '../../domain/history.js'
import { type EpochMs, SECOND_MS } from '../../domain/time.js'
import { noSums, type SummedItem, type Sums } from '../accumulators/summed-timeline.js'
import { COST_SOURCES, type CostSource, type Costs, NO_COSTS, plusCosts } from '../costs.js'
import { type Fill, isFinal, isUntimed } from '../fills.js'
import {
  NO_SHORTFALL,
  quantityFor,
  RATIO_SUMS,
  ratioTerms,
  SHORTFALL_SUMS,
  SLIPPAGE_SUMS,
  shortfallTerms,
  slippageTerms,
} from '../formulas/execution.js'
import { timesMultiplier } from '../market-value.js'
import type { Mark } from '../marks.js'

/** An order as it stands now, with what its fills are and what it cost without one. */
export interface FlowOrder {
  readonly row: ExecutionFact
  readonly fills: readonly Fill[]
  /** Costs at its end, of an order without a fill. */
  readonly looseCosts: Costs | undefined
}

/** What an order was decided on. */
export interface DecidedOn {
  readonly at: EpochMs
  readonly price: PriceE8 | undefined
}

/** What prices orders, at instants of the past. */
export interface OrderPricing {
  /** The newest eligible quote before a submit, if it is valid. */
  readonly midAt: (
    symbol: string,
    submittedAt: EpochMs,
  ) => { readonly at: EpochMs; readonly priceE8: PriceE8 } | undefined
  readonly markAt: (symbol: string, at: EpochMs) => Mark | undefined
  readonly multiplierOf: (symbol: string) => QuantityE9
  readonly isForeign: (symbol: string) => boolean
  /** Whose word on costs counts at T. */
  readonly costSource: CostSource | 'none'
}

export const SUBMIT_SUMS = ['submitted', 'rejected', 'missing', 'negative'] as const
export const END_SUMS = [
  ...(['ended', 'cancelled', 'foreign', 'foreignDecided', 'completed', 'missing', 'negative'] as const),
  ...RATIO_SUMS,
  ...SHORTFALL_SUMS,
  ...COST_SOURCES,
] as const
export const REJECT_SUMS = ['rejects', 'submitFailed', 'ofUnknownAdapter'] as const
export const FILL_SUMS = [...SLIPPAGE_SUMS, 'foreign'] as const

interface Item<Name extends string> extends SummedItem {
  readonly terms: Sums<Name>
}
export interface TimedItem<Name extends string> extends Item<Name> {
  readonly latencyMs: number | undefined
}
export type SubmitItem = TimedItem<(typeof SUBMIT_SUMS)[number]>
export type EndItem = TimedItem<(typeof END_SUMS)[number]>
export interface RejectItem extends Item<(typeof REJECT_SUMS)[number]> {
  /** Undefined where it left no row. */
  readonly submittedAt: EpochMs | undefined
}
export type FillItem = Item<(typeof FILL_SUMS)[number]>

/** What one order is in each of the timelines that execution figures are read from. */
export interface OrderParts {
  readonly adapter: string | undefined
  readonly submits: readonly SubmitItem[]
  readonly ends: readonly EndItem[]
  readonly rejects: readonly RejectItem[]
  readonly fills: readonly FillItem[]
  /** When one of the prices in it is older than prices are kept; Infinity when none is. */
  readonly holdsUntil: EpochMs
  /** How far back the oldest of its marks was looked for; Infinity when it needed none. */
  readonly marksFrom: EpochMs
}

export const NO_PARTS: OrderParts = {
  adapter: undefined,
  submits: [],
  ends: [],
  rejects: [],
  fills: [],
  holdsUntil: Number.POSITIVE_INFINITY,
  marksFrom: Number.POSITIVE_INFINITY,
}

/** A quote may be up to two seconds newer than its time says, and older than 15 seconds it says nothing. */
export const QUOTE_LEAD_MS = 2 * SECOND_MS
export const QUOTE_REACH_MS = 15 * SECOND_MS

/** When an order that is over ended; undefined while it is not. One that was not filled ends when somebody says so. */
export function endOf({
  row: { status, endedAt, submittedAt },
  fills,
}: Pick<FlowOrder, 'row' | 'fills'>): EpochMs | undefined {
  if (status === 'filled') return endedAt ?? fills.at(-1)?.at ?? submittedAt
  return isFinal(status) ? endedAt : undefined
}

/**
 * The instants at which an order needs exact prices. Of what it was decided on a start knows nothing when it asks for
 * prices: decisions are read at the same time. So what they teach may take an instant away, and never adds one.
 */
export function pinsOf(order: FlowOrder, decided: DecidedOn | undefined): EpochMs[] {
  const { row } = order
  const pins = [row.submittedAt - QUOTE_LEAD_MS]
  if (decided?.price === undefined && row.limitPrice === undefined) pins.push(row.submittedAt)
  const end = endOf(order)
  if (end !== undefined && row.status !== 'rejected' && row.status !== 'replaced') pins.push(end)
  return pins
}

/**
 * Takes an order apart, at T, into what it adds where: at its submit, at its end, at its reject, with each of its fills.
 * Source: METRICS section 2, "Orders", section 4, rows 26 to 34, and fine print 8 and 9.
 */
export function partsOf(
  order: FlowOrder,
  decided: DecidedOn | undefined,
  pricing: OrderPricing,
  now: EpochMs,
): OrderParts {
  const { row, fills } = order
  const { executionId: id, symbol, submittedAt, status } = row
  const quote = pricing.midAt(symbol, submittedAt)
  const mid = quote && { price: quote.priceE8, ageMs: submittedAt - quote.at }
  const multiplier = pricing.multiplierOf(symbol)
  const worth = (notional: bigint) => timesMultiplier(notional, multiplier)
  const foreign = pricing.isForeign(symbol) ? 1n : 0n
  const end = endOf(order)
  const isRejected = status === 'rejected' && end !== undefined
  const rejects = isRejected ? [rejectItem(id, end, row.adapter, submittedAt)] : []
  // A fill that is dated after its order's end is not known before its time.
  const seen = Math.max(now, end ?? now)
  const told = { ...order, fills: fills.filter((fill) => fill.at <= seen) }
  const ended = end === undefined || isRejected ? undefined : endItem(told, end, { decided, mid: mid?.price, pricing })
  return {
    adapter: row.adapter,
    submits: [submitItem(row, decided, isRejected)],
    ends: ended === undefined ? [] : [ended.item],
    rejects,
    fills: fills.map((fill) => ({
      at: fill.at,
      id: `${id} ${fill.fillId}`,
      terms: { ...slippageTerms(fill, mid, worth), foreign },
    })),
    holdsUntil: Math.min(
      quote === undefined ? Number.POSITIVE_INFINITY : quote.at + QUOTE_LIFETIME_MS + 1,
      ...(ended?.marks ?? []).map((mark) => (mark === undefined ? Number.POSITIVE_INFINITY : goneAt(mark))),
      ...(ended === undefined ? [] : fills.slice(told.fills.length).map((fill) => fill.at)),
    ),
    marksFrom: Math.min(
      Number.POSITIVE_INFINITY,
      ...(ended?.marks ?? []).map((mark) => (mark === undefined ? Number.NEGATIVE_INFINITY : mark.at)),
    ),
  }
}

/** A decision that the broker refused, and that left no row. */
export function rejectedDecision(decisionId: string, at: EpochMs): OrderParts {
  return { ...NO_PARTS, rejects: [rejectItem(`decision ${decisionId}`, at, undefined, undefined)] }
}

function submitItem(
  { executionId, submittedAt }: ExecutionFact,
  decided: DecidedOn | undefined,
  isRejected: boolean,
): SubmitItem {
  const latency = timed(decided?.at, submittedAt)
  const terms = { submitted: 1n, rejected: isRejected ? 1n : 0n, missing: latency.missing, negative: latency.negative }
  return { at: submittedAt, id: executionId, latencyMs: latency.latencyMs, terms }
}

function rejectItem(
  id: string,
  at: EpochMs,
  adapter: string | undefined,
  submittedAt: EpochMs | undefined,
): RejectItem {
  const submitFailed = submittedAt === undefined ? 1n : 0n
  return {
    at,
    id,
    submittedAt,
    terms: { rejects: 1n, submitFailed, ofUnknownAdapter: adapter === undefined ? 1n : 0n },
  }
}

interface EndContext {
  readonly decided: DecidedOn | undefined
  readonly mid: PriceE8 | undefined
  readonly pricing: OrderPricing
}

function endItem(
  { row, fills, looseCosts }: FlowOrder,
  at: EpochMs,
  { decided, mid, pricing }: EndContext,
): { readonly item: EndItem; readonly marks: readonly (Mark | undefined)[] } {
  const { executionId: id, symbol, side, status, submittedAt } = row
  const decision = decided?.price
  const { filled, reference, ordered, isUnfilled, markAtEnd, marks } = pricedEnd({ row, fills }, at, decision, pricing)
  const multiplier = pricing.multiplierOf(symbol)
  const shortfall =
    decision === undefined || ordered === undefined
      ? NO_SHORTFALL
      : shortfallTerms({
          ...{ side, decision, ordered, filled, mid, end: markAtEnd?.priceE8 },
          filledNotional: fills.reduce((total, { notional }) => total + notional, 0n),
          worth: (notional) => timesMultiplier(notional, multiplier),
        })
  // Costs belong to the shortfall alone: of an order that is not in it they are not either.
  const costs =
    shortfall.decided === 0n
      ? NO_COSTS
      : fills.reduce((total, fill) => plusCosts(total, fill.costs), looseCosts ?? NO_COSTS)
  const isForeign = pricing.isForeign(symbol)
  const isCompleted = status === 'filled'
  const lastFill = fills.at(-1)
  const latency = timed(submittedAt, lastFill === undefined || isUntimed(row, lastFill) ? undefined : lastFill.at)
  const isGivenUp = status === 'canceled' || status === 'cancelled' || status === 'expired'
  return {
    marks,
    item: {
      at,
      id,
      latencyMs: isCompleted ? latency.latencyMs : undefined,
      terms: {
        ...NO_END,
        ...ratioTerms({ filled, submitted: ordered, reference: reference?.priceE8 }),
        ...shortfall,
        ...costs,
        ended: 1n,
        foreign: isForeign ? 1n : 0n,
        foreignDecided: isForeign ? shortfall.decided : 0n,
        cancelled: isGivenUp && isUnfilled ? 1n : 0n,
        completed: isCompleted ? 1n : 0n,
        missing: isCompleted ? latency.missing : 0n,
        negative: isCompleted ? latency.negative : 0n,
      },
    },
  }
}

const NO_END = noSums(END_SUMS)

/** What an order that ended is measured with. */
export interface PricedEnd {
  readonly filled: QuantityE9
  /** What weighs it against others, and where that price is from. */
  readonly reference: { readonly priceE8: PriceE8; readonly source: 'decision' | 'limit' | 'mark' } | undefined
  /** Undefined where only a notional was asked for, and no price turns it into a quantity. */
  readonly ordered: QuantityE9 | undefined
  readonly isUnfilled: boolean
  /** Of an order with a decision price and an unfilled rest. */
  readonly markAtEnd: Mark | undefined
  /** Those that were looked for. */
  readonly marks: readonly (Mark | undefined)[]
}

/** Prices an order that ended at an instant, by the decision's price where there is one. */
export function pricedEnd(
  { row, fills }: Pick<FlowOrder, 'row' | 'fills'>,
  at: EpochMs,
  decision: PriceE8 | undefined,
  { markAt }: Pick<OrderPricing, 'markAt'>,
): PricedEnd {
  const { symbol, submittedAt } = row
  const filled = fills.reduce((total, { quantity }) => total + quantity, 0n)
  const given = decision ?? row.limitPrice
  const markAtSubmit = given === undefined ? markAt(symbol, submittedAt) : undefined
  const referenceE8 = given ?? markAtSubmit?.priceE8
  const ordered = orderedQuantity(row, filled, referenceE8)
  const isUnfilled = ordered === undefined || ordered > filled
  const needsEnd = decision !== undefined && isUnfilled
  const markAtEnd = needsEnd ? markAt(symbol, at) : undefined
  const source = decision !== undefined ? 'decision' : given !== undefined ? 'limit' : 'mark'
  return {
    filled,
    reference: referenceE8 === undefined ? undefined : { priceE8: referenceE8, source },
    ordered,
    isUnfilled,
    markAtEnd,
    marks: [...(given === undefined ? [markAtSubmit] : []), ...(needsEnd ? [markAtEnd] : [])],
  }
}

/** A replaced order asked for what it got; one for a notional asked for what that bought at the reference price. */
function orderedQuantity(
  { status, submittedQty, notional }: ExecutionFact,
  filled: QuantityE9,
  reference: PriceE8 | undefined,
): QuantityE9 | undefined {
  if (submittedQty > 0n) return status === 'replaced' ? filled : submittedQty
  if (notional === undefined || notional === 0n || reference === undefined) return undefined
  return status === 'replaced' ? filled : quantityFor(absolute(notional), reference)
}

/** A latency between two instants, or why there is none. */
function timed(from: EpochMs | undefined, to: EpochMs | undefined) {
  if (from === undefined || to === undefined) return { latencyMs: undefined, missing: 1n, negative: 0n }
  return to < from
    ? { latencyMs: undefined, missing: 0n, negative: 1n }
    : { latencyMs: to - from, missing: 0n, negative: 0n }
}

/** When the price behind a mark is older than prices are kept. */
function goneAt({ at, source }: Mark): EpochMs {
  if (source === 'bar') return at + BAR_LIFETIME_MS + 1
  return source === 'mid' ? at + QUOTE_LIFETIME_MS + 1 : Number.POSITIVE_INFINITY
}
