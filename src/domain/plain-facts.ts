import { canonicalSymbol } from './book.js'
import { LARGEST_PRICE_E8, MONEY_DIGITS, PRICE_DIGITS, parseScaled, QUANTITY_DIGITS } from './exact.js'
import { type EpochMs, parseIso } from './time.js'

/**
 * A quick way for facts of the two kinds that come by the hundred thousand: it reads what is plainly right and leaves
 * everything else to the schema, which stays the one place that says what is right. A test shows that both agree.
 */

type Raw = Readonly<Record<string, unknown>>

/** Thrown for anything but the plainest: the schema knows. */
class NotPlain extends Error {}
const NOT_PLAIN = new NotPlain('left to the schema')

/** The fact, or undefined where the schema has to look at it. */
export function plainExecution(raw: Raw): object | undefined {
  return whenPlain(() => {
    const { side } = raw
    if (side !== 'buy' && side !== 'sell') throw NOT_PLAIN
    const optional = {
      ...stamped(raw),
      decisionId: optionally(name, raw.decision_id),
      strategyId: optionally(name, raw.strategy_id),
      orderType: optionally(name, raw.order_type),
      limitPrice: optionally(price, raw.limit_price),
      notional: optionally(money, raw.notional),
      avgFillPrice: optionally(price, raw.avg_fill_price),
      adapter: optionally(name, raw.adapter),
      expectedAdapter: optionally(name, raw.expected_adapter),
      venue: optionally(name, raw.venue),
      filledAt: optionally(instant, raw.filled_at),
      endedAt: optionally(instant, raw.ended_at),
      replaces: optionally(name, raw.replaces),
      costs: optionally(money, raw.costs),
    }
    const fact = {
      fact: 'execution' as const,
      at: instant(raw.at),
      executionId: name(raw.execution_id),
      account: name(raw.account),
      symbol: symbol(raw.symbol),
      side,
      submittedQty: unsigned(raw.submitted_qty),
      filledQty: unsigned(raw.filled_qty),
      status: name(raw.status),
      submittedAt: instant(raw.submitted_at),
    }
    return withGiven(fact, optional)
  })
}

/** The same for a snapshot. */
export function plainPositionSnapshot(raw: Raw): object | undefined {
  return whenPlain(() => {
    if (!Array.isArray(raw.positions)) throw NOT_PLAIN
    const fact = {
      fact: 'position_snapshot' as const,
      at: instant(raw.at),
      account: name(raw.account),
      equity: money(raw.equity),
      cash: money(raw.cash),
      positions: raw.positions.map(plainPosition),
    }
    return withGiven(fact, {
      ...stamped(raw),
      buyingPower: optionally(money, raw.buying_power),
    })
  })
}

function plainPosition(raw: unknown): object {
  if (typeof raw !== 'object' || raw === null) throw NOT_PLAIN
  const { symbol: of, qty, avg_entry_price, mark } = raw as Raw
  const position = { symbol: symbol(of), qty: scaled(qty, QUANTITY_DIGITS) }
  return withGiven(position, {
    avgEntryPrice: optionally(price, avg_entry_price),
    mark: optionally(price, mark),
  })
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
function stamped(raw: Raw): Record<never, never> {
  if (raw.known_at !== undefined || raw.revision !== undefined) throw NOT_PLAIN
  return NOTHING
}

const NOTHING = {}

/** What is not given is no field at all. */
function withGiven(fact: Record<string, unknown>, optional: Raw): object {
  for (const key in optional) if (optional[key] !== undefined) fact[key] = optional[key]
  return fact
}

function optionally<Value>(read: (value: unknown) => Value, value: unknown): Value | undefined {
  return value === null || value === undefined ? undefined : read(value)
}

function name(value: unknown): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 256) throw NOT_PLAIN
  return value
}

function symbol(value: unknown): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 64) throw NOT_PLAIN
  return canonicalSymbol(value)
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

function unsigned(value: unknown): bigint {
  const quantity = scaled(value, QUANTITY_DIGITS)
  if (quantity < 0n) throw NOT_PLAIN
  return quantity
}

function price(value: unknown): bigint {
  const parsed = scaled(value, PRICE_DIGITS)
  if (parsed <= 0n || parsed > LARGEST_PRICE_E8) throw NOT_PLAIN
  return parsed
}

function money(value: unknown): bigint {
  return scaled(value, MONEY_DIGITS)
}
