import { canonicalSymbol } from './book.js'
import { LARGEST_PRICE_E8, MONEY_DIGITS, PRICE_DIGITS, parseScaled, QUANTITY_DIGITS } from './exact.js'
import { type EpochMs, parseIso } from './time.js'

/**
 * A quick way for facts of the kinds that come by the hundred thousand: it reads what is plainly right and leaves
 * everything else to the schema, which stays the one place that says what is right. A test shows that both agree.
 */

type Raw = Readonly<Record<string, unknown>>

/** Thrown for anything but the plainest: the schema knows. */
class NotPlain extends Error {}
const NOT_PLAIN = new NotPlain('left to the schema')

/** The fact, or undefined where the schema has to look at it. Every field is there, so that all facts have one shape. */
export function plainExecution(raw: Raw): object | undefined {
  return whenPlain(() => {
    const { side } = raw
    if (side !== 'buy' && side !== 'sell') throw NOT_PLAIN
    refuseStamps(raw)
    return {
      fact: 'execution' as const,
      at: instant(raw.at),
      knownAt: undefined,
      revision: undefined,
      executionId: name(raw.execution_id),
      decisionId: optionally(name, raw.decision_id),
      strategyId: optionally(repeatedName, raw.strategy_id),
      account: repeatedName(raw.account),
      symbol: symbol(raw.symbol),
      side,
      orderType: optionally(repeatedName, raw.order_type),
      limitPrice: optionally(price, raw.limit_price),
      submittedQty: unsigned(raw.submitted_qty),
      notional: optionally(money, raw.notional),
      filledQty: unsigned(raw.filled_qty),
      avgFillPrice: optionally(price, raw.avg_fill_price),
      status: repeatedName(raw.status),
      adapter: optionally(repeatedName, raw.adapter),
      expectedAdapter: optionally(repeatedName, raw.expected_adapter),
      venue: optionally(repeatedName, raw.venue),
      submittedAt: instant(raw.submitted_at),
      filledAt: optionally(instant, raw.filled_at),
      endedAt: optionally(instant, raw.ended_at),
      replaces: optionally(name, raw.replaces),
      costs: optionally(money, raw.costs),
    }
  })
}

/** The same for a decision. */
export function plainDecision(raw: Raw): object | undefined {
  return whenPlain(() => {
    const { action } = raw
    if (action !== 'buy' && action !== 'sell') throw NOT_PLAIN
    refuseStamps(raw)
    return {
      fact: 'decision' as const,
      at: instant(raw.at),
      knownAt: undefined,
      revision: undefined,
      decisionId: name(raw.decision_id),
      strategyId: repeatedName(raw.strategy_id),
      account: repeatedName(raw.account),
      symbol: symbol(raw.symbol),
      action,
      qty: optionally(quantity, raw.qty),
      price: optionally(price, raw.price),
      status: repeatedName(raw.status),
      vetoReasons: optionally(texts, raw.veto_reasons),
      brokerRejectReasons: optionally(texts, raw.broker_reject_reasons),
      confidence: optionally(double, raw.confidence),
      contextFreshnessSeconds: optionally(unsignedDouble, raw.context_freshness_seconds),
      contextQuality: optionally(double, raw.context_quality),
      reviewedAt: optionally(instant, raw.reviewed_at),
    }
  })
}

/** The same for a snapshot. */
export function plainPositionSnapshot(raw: Raw): object | undefined {
  return whenPlain(() => {
    if (!Array.isArray(raw.positions)) throw NOT_PLAIN
    refuseStamps(raw)
    return {
      fact: 'position_snapshot' as const,
      at: instant(raw.at),
      knownAt: undefined,
      revision: undefined,
      account: repeatedName(raw.account),
      equity: money(raw.equity),
      cash: money(raw.cash),
      buyingPower: optionally(money, raw.buying_power),
      positions: raw.positions.map(plainPosition),
    }
  })
}

function plainPosition(raw: unknown): object {
  if (typeof raw !== 'object' || raw === null) throw NOT_PLAIN
  const { symbol: of, qty, avg_entry_price, mark } = raw as Raw
  return {
    symbol: symbol(of),
    qty: quantity(qty),
    avgEntryPrice: optionally(price, avg_entry_price),
    mark: optionally(price, mark),
  }
}

function whenPlain(read: () => object): object | undefined {
  try {
    return read()
  } catch (error) {
    if (error === NOT_PLAIN) return undefined
    throw error
  }
}

/** Revisions and times of knowledge are for files; rows do not have them. */
function refuseStamps(raw: Raw): void {
  if (raw.known_at !== undefined || raw.revision !== undefined) throw NOT_PLAIN
}

function optionally<Value>(read: (value: unknown) => Value, value: unknown): Value | undefined {
  return value === null || value === undefined ? undefined : read(value)
}

function name(value: unknown): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 256) throw NOT_PLAIN
  return value
}

/** A name that many facts have, as one text for all of them: each row brings a copy of its own. */
function repeatedName(value: unknown): string {
  return shared(name(value))
}

function symbol(value: unknown): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 64) throw NOT_PLAIN
  return SYMBOLS.get(value) ?? remember(SYMBOLS, value, canonicalSymbol(value))
}

const NAMES = new Map<string, string>()
const SYMBOLS = new Map<string, string>()
/** No database has as many that repeat; where one does, copies cost memory and nothing else. */
const MOST_REMEMBERED = 10_000

function shared(text: string): string {
  return NAMES.get(text) ?? remember(NAMES, text, text)
}

function remember(known: Map<string, string>, text: string, meaning: string): string {
  if (known.size < MOST_REMEMBERED) known.set(text, meaning)
  return meaning
}

function instant(value: unknown): EpochMs {
  const at = typeof value === 'string' ? parseIso(value) : undefined
  if (at === undefined) throw NOT_PLAIN
  return at
}

function scaled(value: unknown, digits: number): bigint {
  const parsed = typeof value === 'string' ? parseScaled(value, digits) : undefined
  if (parsed === undefined) throw NOT_PLAIN
  return parsed
}

function quantity(value: unknown): bigint {
  return scaled(value, QUANTITY_DIGITS)
}

function unsigned(value: unknown): bigint {
  const parsed = quantity(value)
  if (parsed < 0n) throw NOT_PLAIN
  return parsed
}

function price(value: unknown): bigint {
  const parsed = scaled(value, PRICE_DIGITS)
  if (parsed <= 0n || parsed > LARGEST_PRICE_E8) throw NOT_PLAIN
  return parsed
}

function money(value: unknown): bigint {
  return scaled(value, MONEY_DIGITS)
}

function double(value: unknown): number {
  const parsed = typeof value === 'string' ? Number(value) : Number.NaN
  if (!Number.isFinite(parsed)) throw NOT_PLAIN
  return parsed
}

function unsignedDouble(value: unknown): number {
  const parsed = double(value)
  if (parsed < 0) throw NOT_PLAIN
  return parsed
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw NOT_PLAIN
  return value
}
