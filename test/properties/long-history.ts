import fc from 'fast-check'
import type { Fact } from '../../src/domain/facts.js'
import { DAY_MS, type EpochMs, MINUTE_MS } from '../../src/domain/time.js'
import { bar, brokerFill, instant, instrument, order, snapshot, strategy } from '../support/facts.js'

/**
 * Histories of two months as accounts mostly have them: orders that are over the same day, snapshots that agree with the
 * fills. What is rare happens as well: an order that stays open, a position that was closed elsewhere, a fee that is told
 * of no order. And what may become of them later.
 */

const FIRST_DAY = instant('2026-08-31T13:30:00Z')
export const DAYS = 60
const SYMBOLS = ['AAA', 'BBB', 'BTC/USD'] as const
/** A book alone in its account, two that share one, and one of a market that never closes. */
const BOOKS = [
  { strategy_id: 's1', account: 'A1' },
  { strategy_id: 's2', account: 'A2' },
  { strategy_id: 's3', account: 'A2' },
  { strategy_id: 's4', account: 'A3' },
] as const

const tradeSpec = fc.record({
  book: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
  symbol: fc.constantFrom(0, 0, 0, 1, 2),
  day: fc.nat(DAYS - 1),
  minute: fc.nat(380),
  side: fc.constantFrom('buy', 'sell'),
  qty: fc.integer({ min: 1, max: 4 }),
  cents: fc.integer({ min: 9_000, max: 11_000 }),
  end: fc.constantFrom(...Array<'filled'>(14).fill('filled'), 'in parts', 'in parts', 'canceled', 'rejected', 'open'),
  costs: fc.constantFrom(undefined, undefined, undefined, '0.35'),
})
type TradeSpec = typeof tradeSpec extends fc.Arbitrary<infer Spec> ? Spec : never

const incidentSpec = fc.record({
  account: fc.constantFrom(0, 1, 3),
  symbol: fc.nat(2),
  day: fc.nat(DAYS - 1),
  qty: fc.constantFrom(1, -1),
})

/** What somebody who reads later finds otherwise. */
const changeSpec = fc.record({
  kind: fc.constantFrom(
    'late order',
    'late order',
    'first order',
    'order',
    'vanished',
    'snapshot',
    'calendar',
    'nothing',
  ),
  trade: tradeSpec,
  of: fc.nat(10_000),
})
export type Change = typeof changeSpec extends fc.Arbitrary<infer Spec> ? Spec : never

export interface LongHistory {
  readonly facts: readonly Fact[]
  readonly changes: readonly Change[]
  /** Days after the last on which positions are kept, and on which somebody starts with them. */
  readonly laterDays: readonly [number, number]
  /** Whether configuration has a fee schedule. */
  readonly hasSchedule: boolean
}

export const longHistory: fc.Arbitrary<LongHistory> = fc
  .record({
    trades: fc.array(tradeSpec, { minLength: 40, maxLength: 90, size: 'max' }),
    incidents: fc.array(incidentSpec, { maxLength: 1 }),
    isShownAtFirst: fc.boolean(),
    changes: fc.array(changeSpec, { maxLength: 2 }),
    hasSchedule: fc.boolean(),
    laterDays: fc.tuple(fc.integer({ min: -20, max: 25 }), fc.nat(4)),
  })
  .map(({ trades, incidents, isShownAtFirst, ...rest }) => {
    const orders = trades.flatMap((spec, index) => ordersOf(spec, `order-${index}`))
    return {
      ...rest,
      facts: [
        ...BOOKS.map(({ strategy_id, account }) => strategyOf(strategy_id, account)),
        instrument({ symbol: 'BBB', multiplier: '50' }),
        ...orders,
        ...snapshotsOf(orders, incidents, isShownAtFirst),
        ...barsOf(),
      ],
    }
  })

export function dayAfter(days: number): EpochMs {
  return FIRST_DAY + (DAYS + days) * DAY_MS + 97 * MINUTE_MS
}

/** The facts as they are after a change. */
export function changed(facts: readonly Fact[], { kind, trade, of }: Change): Fact[] {
  const rows = facts.filter((fact) => fact.fact === 'execution')
  const chosen = rows[of % rows.length]
  switch (kind) {
    case 'late order':
      return [...facts, ...ordersOf(trade, 'late')]
    case 'first order':
      return [...facts, ...ordersOf({ ...trade, end: 'rejected', day: of % 3 }, 'first')]
    case 'order':
      return facts.map((fact) => (fact === chosen ? { ...chosen, filledQty: chosen.filledQty + 10n ** 9n } : fact))
    case 'vanished':
      return facts.filter((fact) => !('executionId' in fact) || fact.executionId !== chosen?.executionId)
    case 'snapshot':
      return [...facts, snapshot(FIRST_DAY + (of % DAYS) * DAY_MS + 3 * MINUTE_MS, [], { account: 'A1' })]
    case 'calendar':
      return facts.map((fact) =>
        fact.fact === 'strategy' && fact.strategyId === 's1' ? { ...fact, calendar: '24x7', name: 'other' } : fact,
      )
    case 'nothing':
      return [...facts]
  }
}

function strategyOf(strategyId: string, account: string): Fact {
  const calendar = strategyId === 's4' ? '24x7' : 'XNYS'
  return strategy({ strategy_id: strategyId, name: strategyId, accounts: [account], calendar, benchmark: 'IDX' })
}

function ordersOf({ book, symbol, day, minute, side, qty, cents, end, costs }: TradeSpec, id: string): Fact[] {
  const submitted = FIRST_DAY + day * DAY_MS + minute * MINUTE_MS
  const at = submitted + 1_500
  const common = {
    ...{ execution_id: id, ...BOOKS[book], symbol: SYMBOLS[symbol], side, costs },
    ...{ submitted_at: submitted, submitted_qty: qty, adapter: 'alpaca' },
  }
  const done = { filled_at: at, ended_at: at, filled_qty: qty, avg_fill_price: cents / 100 }
  if (end === 'filled') return [order({ ...common, ...done, status: 'filled' })]
  if (end === 'in parts') {
    const row = order({ ...common, ...done, ended_at: at + MINUTE_MS, status: 'filled' })
    return [row, brokerFill({ execution_id: id, fill_id: 'f1', at: submitted + 700, qty: 1, price: cents / 100 })]
  }
  if (end === 'open') return [order({ ...common, status: 'new' })]
  return [order({ ...common, ended_at: at, status: end })]
}

interface Incident {
  readonly account: number
  readonly symbol: number
  readonly day: number
  readonly qty: number
}

/** Every three days, and before everything else; from an incident on the account holds another quantity. */
function snapshotsOf(orders: readonly Fact[], incidents: readonly Incident[], isShownAtFirst: boolean): Fact[] {
  const told: Fact[] = []
  for (const account of new Set(BOOKS.map((book) => book.account)))
    for (let day = isShownAtFirst ? 0 : 4; day < DAYS + 30; day += 3) {
      const at = FIRST_DAY + day * DAY_MS - MINUTE_MS
      const held = new Map<string, bigint>()
      for (const fact of orders) {
        if (fact.fact !== 'execution' || fact.account !== account || (fact.filledAt ?? fact.submittedAt) > at) continue
        const signed = fact.side === 'buy' ? fact.filledQty : -fact.filledQty
        held.set(fact.symbol, (held.get(fact.symbol) ?? 0n) + signed)
      }
      for (const incident of incidents) {
        const symbol = SYMBOLS[incident.symbol]?.replace('/', '') ?? ''
        const isSeen = BOOKS[incident.account]?.account === account && incident.day <= day
        if (isSeen) held.set(symbol, (held.get(symbol) ?? 0n) + BigInt(incident.qty) * 10n ** 9n)
      }
      const positions = [...held].flatMap(([symbol, quantity]) =>
        quantity === 0n ? [] : { symbol, qty: Number(quantity / 10n ** 9n), avg_entry_price: 100, mark: 101 },
      )
      told.push(snapshot(at, positions, { account }))
    }
  return told
}

function barsOf(): Fact[] {
  return ['AAA', 'BBB', 'BTCUSD', 'IDX'].flatMap((symbol, index) =>
    Array.from({ length: DAYS + 30 }, (_, day) =>
      bar(symbol, FIRST_DAY + day * DAY_MS + 60 * MINUTE_MS, 100 + ((day * 7 + index) % 5)),
    ),
  )
}
