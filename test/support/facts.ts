import { type Fact, type FactKind, parseFact } from '../../src/domain/facts.js'
import { type EpochMs, parseIso } from '../../src/domain/time.js'

/** Facts as a source hands them in, snake_case, through the one parser; what a test does not say has a harmless value. */
type Raw = Readonly<Record<string, unknown>>
type FactOf<Kind extends FactKind> = Extract<Fact, { fact: Kind }>

/** Throws with the parser's own words: a fact that a test wrote wrongly must not vanish. */
export function fact<Kind extends FactKind>(kind: Kind, raw: Raw): FactOf<Kind> {
  const parsed = parseFact(kind, raw)
  if (typeof parsed === 'string') throw new Error(`${kind}: ${parsed}`)
  return parsed
}

/** An instant by its RFC 3339 text. */
export function instant(text: string): EpochMs {
  const parsed = parseIso(text)
  if (parsed === undefined) throw new Error(`not an instant: ${text}`)
  return parsed
}

/** The account and the strategy that a test means when it names none. */
export const ACCOUNT = 'PA1'
export const STRATEGY = 's1'

export function strategy(raw: Raw = {}): FactOf<'strategy'> {
  return fact('strategy', {
    strategy_id: STRATEGY,
    name: 'momentum',
    enabled: true,
    at: '2026-01-02T15:00:00Z',
    ...raw,
  })
}

export function instrument(raw: Raw & { readonly symbol: string }): FactOf<'instrument'> {
  return fact('instrument', { at: 0, ...raw })
}

export function decision(raw: Raw & { readonly at: string | number }): FactOf<'decision'> {
  return fact('decision', {
    decision_id: `decision at ${raw.at}`,
    strategy_id: STRATEGY,
    account: ACCOUNT,
    symbol: 'AAA',
    action: 'buy',
    status: 'planned',
    ...raw,
  })
}

/** An order that is still open and has filled nothing, unless the test says more. */
export function order(raw: Raw & { readonly execution_id: string; readonly submitted_at: string | number }) {
  return fact('execution', {
    strategy_id: STRATEGY,
    account: ACCOUNT,
    symbol: 'AAA',
    side: 'buy',
    submitted_qty: raw.filled_qty ?? 10,
    filled_qty: 0,
    status: 'new',
    at: raw.ended_at ?? raw.filled_at ?? raw.submitted_at,
    ...raw,
  })
}

let filledOrders = 0

export interface FilledOrder {
  readonly at: string | number
  readonly side: 'buy' | 'sell'
  readonly qty: number | string
  readonly price: number | string
}

/** An order that was submitted and filled at one instant. */
export function filled({ at, side, qty, price, ...more }: FilledOrder & Raw): FactOf<'execution'> {
  filledOrders += 1
  return order({
    execution_id: `filled-${String(filledOrders).padStart(6, '0')}`,
    submitted_at: at,
    filled_at: at,
    ended_at: at,
    side,
    filled_qty: qty,
    avg_fill_price: price,
    status: 'filled',
    ...more,
  })
}

/** The broker's evidence of one fill. */
export function brokerFill(
  raw: Raw & { readonly execution_id: string; readonly fill_id: string; readonly at: string | number },
): FactOf<'fill'> {
  return fact('fill', raw)
}

/** A snapshot whose equity is 100 000, and whose cash is what the positions leave of it. */
export function snapshot(
  at: string | number,
  positions: readonly Raw[] = [],
  raw: Raw = {},
): FactOf<'position_snapshot'> {
  const invested = positions.reduce((total, { qty, mark = 0 }) => total + Number(qty) * Number(mark), 0)
  const cash = Number(raw.equity ?? 100_000) - invested
  return fact('position_snapshot', { account: ACCOUNT, at, equity: 100_000, cash, positions, ...raw })
}

export function bar(symbol: string, at: string | number, close: number | string): FactOf<'bar'> {
  return fact('bar', { symbol, at, close })
}

/** A row of technical analysis; without a quote unless the test gives one. */
export function signal(symbol: string, at: string | number, raw: Raw = {}): FactOf<'signal'> {
  return fact('signal', { symbol, at, ...raw })
}
