import { z } from 'zod'
import { camelCaser } from '../lib/camel-case.js'
import { canonicalSymbol } from './book.js'
import { CALENDAR_NAMES } from './calendar.js'
import { LARGEST_PRICE_E8, MOMENT_DIGITS, MONEY_DIGITS, PRICE_DIGITS, parseScaled, QUANTITY_DIGITS } from './exact.js'
import { plainDecision, plainExecution, plainPositionSnapshot } from './plain-facts.js'
import { parseIso } from './time.js'

/**
 * The only things the core knows. Sources and files hand in plain objects with snake_case names; they are parsed here,
 * once, into exact numbers and instants, and inside nothing is checked again.
 *
 * Every fact has `at` (when it happened) and `known_at` (when it could be known; `at` when not given). A later
 * `revision` of the same identity replaces the earlier one.
 */

/** What RFC 3339 can write. Microseconds taken for milliseconds lie beyond it, and no calendar could answer them. */
const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00.000Z')
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z')

const instant = z.union([z.number(), z.string()]).transform((value, context) => {
  const at = typeof value === 'number' ? Math.floor(value) : parseIso(value)
  if (at !== undefined && at >= FIRST_INSTANT && at <= LAST_INSTANT) return at
  context.addIssue({
    code: 'custom',
    message: `not a time: ${String(value).slice(0, 40)} (RFC 3339 with a zone, or epoch milliseconds)`,
  })
  return z.NEVER
})

function scaled(digits: number) {
  return z.union([z.number(), z.string()]).transform((value, context) => {
    const parsed = parseScaled(value, digits)
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: `not a decimal number: ${String(value).slice(0, 40)}` })
    return z.NEVER
  })
}

const quantity = scaled(QUANTITY_DIGITS)
const unsignedQuantity = quantity.refine((value) => value >= 0n, 'must not be negative')
const positiveQuantity = quantity.refine((value) => value > 0n, 'must be above 0')
const price = scaled(PRICE_DIGITS)
  .refine((value) => value > 0n, 'must be above 0')
  .refine((value) => value <= LARGEST_PRICE_E8, 'is no price: above 92 billion')
const money = scaled(MONEY_DIGITS)
const moment = scaled(MOMENT_DIGITS)
const name = z.string().min(1).max(256)
const symbol = z.string().min(1).max(64).transform(canonicalSymbol)

/** null is how tables say "not there". */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined)
}

function factSchema<const Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  const fields = {
    fact: z.literal(kind),
    at: instant,
    known_at: optional(instant),
    revision: optional(z.union([z.string(), z.number()])),
    ...shape,
  }
  const object = z.object(fields)
  return object.transform(camelCaser<z.output<typeof object>>(Object.keys(fields)))
}

export const SIDES = ['buy', 'sell'] as const
export type Side = (typeof SIDES)[number]

/** A strategy as its owner describes it; `at` is when the row was made. */
export const strategyFact = factSchema('strategy', {
  strategy_id: name,
  name,
  enabled: z.boolean(),
  calendar: optional(z.enum(CALENDAR_NAMES)),
  accounts: optional(z.array(name)),
  universe: optional(z.array(symbol)),
  benchmark: optional(symbol),
  /** Its part of the equity of an account that it shares. */
  capital_share: optional(
    positiveQuantity.refine((value) => value <= 10n ** BigInt(QUANTITY_DIGITS), 'must be at most 1'),
  ),
})

export const instrumentFact = factSchema('instrument', {
  symbol,
  multiplier: optional(positiveQuantity),
  lot_size: optional(positiveQuantity),
  currency: optional(name),
})

/** What a strategy wanted; `at` is the decision's time and `status` counts from then, since nothing else dates it. */
export const decisionFact = factSchema('decision', {
  decision_id: name,
  strategy_id: name,
  account: name,
  symbol,
  action: z.enum(SIDES),
  qty: optional(quantity),
  price: optional(price),
  status: name,
  veto_reasons: optional(z.array(z.string())),
  broker_reject_reasons: optional(z.array(z.string())),
  confidence: optional(z.coerce.number()),
  context_freshness_seconds: optional(z.coerce.number().nonnegative()),
  context_quality: optional(z.coerce.number()),
  /** When the newest review was written; what it says of the context's freshness is not aged. */
  reviewed_at: optional(instant),
})

/** One order in its latest revision: cumulative quantity and average price. `at` is the time of its latest event. */
export const executionFact = factSchema('execution', {
  execution_id: name,
  decision_id: optional(name),
  strategy_id: optional(name),
  account: name,
  symbol,
  side: z.enum(SIDES),
  order_type: optional(name),
  limit_price: optional(price),
  submitted_qty: unsignedQuantity,
  notional: optional(money),
  filled_qty: unsignedQuantity,
  avg_fill_price: optional(price),
  status: name,
  adapter: optional(name),
  expected_adapter: optional(name),
  venue: optional(name),
  submitted_at: instant,
  filled_at: optional(instant),
  ended_at: optional(instant),
  replaces: optional(name),
  costs: optional(money),
})

/** The broker's evidence of a single fill of an order. */
export const fillFact = factSchema('fill', {
  execution_id: name,
  fill_id: name,
  qty: unsignedQuantity,
  price,
  costs: optional(money),
})

const position = z
  .object({ symbol, qty: quantity, avg_entry_price: optional(price), mark: optional(price) })
  .transform(
    camelCaser<{ symbol: string; qty: bigint; avg_entry_price: bigint | undefined; mark: bigint | undefined }>([
      'symbol',
      'qty',
      'avg_entry_price',
      'mark',
    ]),
  )

/** What the broker says an account holds; account-level, it knows no strategies. */
export const positionSnapshotFact = factSchema('position_snapshot', {
  account: name,
  equity: money,
  cash: money,
  buying_power: optional(money),
  positions: z.array(position),
})

/** The close of one bar; `at` is the bar's end. */
export const barFact = factSchema('bar', { symbol, close: price, vwap: optional(price) })

export const CASH_FLOW_KINDS = ['deposit', 'withdrawal', 'dividend', 'interest', 'fee'] as const

/** Cash that came into an account (positive) or left it, not by a trade. Deposits and withdrawals are no performance. */
export const cashFlowFact = factSchema('cash_flow', {
  account: name,
  flow_id: name,
  amount: money,
  kind: z.enum(CASH_FLOW_KINDS),
  symbol: optional(symbol),
  qty: optional(quantity),
})

/** One row of technical analysis with the quote it saw; `at` is the event's time. Only those of source `ta` price anything. */
export const signalFact = factSchema('signal', {
  symbol,
  source: name.nullish().transform((value) => value ?? 'ta'),
  bid: optional(price),
  ask: optional(price),
  ingested_at: optional(instant),
})

/**
 * What a ledger holds where a recorded range begins; nothing earlier is needed to carry it on. `cost` is negative for
 * shorts. With `opened_at` the round trip that is open then will be a trade, else it is none, as where a position was
 * taken over; what the trip has done so far is one entry at `opened_at` where nothing more is told.
 */
export const openingPositionFact = factSchema('opening_position', {
  strategy_id: name,
  account: name,
  symbol,
  qty: quantity,
  cost: money,
  opened_at: optional(instant),
  /** Largest size of the trip so far. */
  largest_qty: optional(unsignedQuantity),
  /** Sums over its entries and its exits: quantity, and quantity times seconds since the epoch. */
  entered_qty: optional(positiveQuantity),
  entry_moment: optional(moment),
  exited_qty: optional(unsignedQuantity),
  exit_moment: optional(moment),
  /** Realised in it so far, fees in coin taken off. */
  earned: optional(money),
  /** What its fills cost, as each source tells it. */
  order_record_costs: optional(money),
  broker_activity_costs: optional(money),
  fee_schedule_costs: optional(money),
})

/** Up to when a source is known to be complete, in a recording; without one a source counts as complete up to T. */
export const watermarkFact = factSchema('watermark', {
  source: z.enum(['postgres', 'clickhouse']),
  complete_to: instant,
})

/** Minutes (end − 1 min, end] of the UTC grid in which a feed had an event of a symbol; `at` is the end of the last. */
export const feedMinutesFact = factSchema('feed_minutes', {
  feed: z.enum(['bars', 'signals']),
  symbol,
  /** End of the first minute of the run. */
  first_at: instant,
})

export const RETRACTABLE_KINDS = ['decision', 'execution', 'fill', 'position_snapshot', 'cash_flow'] as const
/** A kind of fact whose row can vanish upstream. */
export type RetractableKind = (typeof RETRACTABLE_KINDS)[number]

/** The source has a fact no more; it counts as never told. Taking back an execution takes back its fills. */
export const retractionFact = factSchema('retraction', {
  of: z.enum(RETRACTABLE_KINDS),
  /** The identity of the fact, field by field: see identityOf. */
  identity: z.array(z.string().min(1)).min(1).max(2),
})

/** Every kind of fact with its schema; a source or a file names the kind, the schema does the rest. */
export const FACT_SCHEMAS = {
  strategy: strategyFact,
  instrument: instrumentFact,
  decision: decisionFact,
  execution: executionFact,
  fill: fillFact,
  position_snapshot: positionSnapshotFact,
  cash_flow: cashFlowFact,
  bar: barFact,
  signal: signalFact,
  opening_position: openingPositionFact,
  watermark: watermarkFact,
  feed_minutes: feedMinutesFact,
  retraction: retractionFact,
} as const

export type StrategyFact = z.output<typeof strategyFact>
export type InstrumentFact = z.output<typeof instrumentFact>
export type DecisionFact = z.output<typeof decisionFact>
export type ExecutionFact = z.output<typeof executionFact>
export type FillFact = z.output<typeof fillFact>
export type PositionSnapshotFact = z.output<typeof positionSnapshotFact>
export type CashFlowFact = z.output<typeof cashFlowFact>
export type BarFact = z.output<typeof barFact>
export type SignalFact = z.output<typeof signalFact>
export type OpeningPositionFact = z.output<typeof openingPositionFact>
export type WatermarkFact = z.output<typeof watermarkFact>
export type FeedMinutesFact = z.output<typeof feedMinutesFact>
export type RetractionFact = z.output<typeof retractionFact>
export type Fact =
  | StrategyFact
  | InstrumentFact
  | DecisionFact
  | ExecutionFact
  | FillFact
  | PositionSnapshotFact
  | CashFlowFact
  | BarFact
  | SignalFact
  | OpeningPositionFact
  | WatermarkFact
  | FeedMinutesFact
  | RetractionFact
export type FactKind = Fact['fact']

/** A fact that could not be read: counted by source and reason, told in the log, and the rest goes on. */
export interface FactRejection {
  readonly kind: FactKind
  readonly id: string
  readonly reason: 'malformed' | 'no_strategy' | 'no_account' | 'currency' | 'unknown_activity'
  readonly detail: string
}

/** Parses one plain object into a fact; a string says what is wrong with it, field by field. */
export function parseFact<Kind extends FactKind>(
  kind: Kind,
  raw: Record<string, unknown>,
): Extract<Fact, { fact: Kind }> | string {
  const plain = PLAIN[kind]?.(raw)
  if (plain !== undefined) return plain as Extract<Fact, { fact: Kind }>
  return parseBySchema(kind, raw)
}

const PLAIN: { readonly [Kind in FactKind]?: (raw: Record<string, unknown>) => object | undefined } = {
  decision: plainDecision,
  execution: plainExecution,
  position_snapshot: plainPositionSnapshot,
}

/** The same by the schema alone. */
export function parseBySchema<Kind extends FactKind>(
  kind: Kind,
  raw: Record<string, unknown>,
): Extract<Fact, { fact: Kind }> | string {
  const parsed = FACT_SCHEMAS[kind].safeParse({ ...raw, fact: kind })
  if (parsed.success) return parsed.data as Extract<Fact, { fact: Kind }>
  return parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
}
