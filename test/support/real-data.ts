import { readFileSync } from 'node:fs'
import { referenceFile } from './reference-cases.js'

/**
 * Two real histories with the statistics that their authors published, as cases of calc and as facts of a replay.
 * They lie outside the repository; docs/real-data.md holds what came out.
 */

interface Published {
  readonly name: string
  readonly published: number
  readonly tolerance: number
}

interface BotTrade {
  readonly symbol: string
  readonly qty: number
  readonly open: string
  readonly close: string
  readonly entry_price: number
  readonly exit_price: number
  readonly fee_open: number
  readonly fee_close: number
  readonly peer_profit_abs: number
}

export interface BotHistory {
  readonly starting_balance: number
  readonly days: number
  readonly trades: readonly BotTrade[]
  readonly published: readonly Published[]
}

export interface ShareHistory {
  readonly dates: readonly string[]
  readonly equity: readonly number[]
  readonly equity_with_commission: readonly number[]
  readonly published: readonly Published[]
}

export const botHistory = () => read<BotHistory>('realset-freqtrade-backtest')
export const shareHistory = () => read<ShareHistory>('realset-pyalgotrade-ige')

function read<History>(name: string): History {
  return JSON.parse(readFileSync(referenceFile(name), 'utf8')) as History
}

/** Satoshi a BTC: amounts so small have more digits in that unit. */
export const SATOSHI = 1e8
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

export interface PlainCase {
  readonly metric?: string
  readonly input: Readonly<Record<string, unknown>>
  readonly periods_per_year?: number
  readonly params?: Readonly<Record<string, unknown>>
}

/** The trades before fees in satoshi, after fees in BTC; balances at closes and at the ends of days; fills by pair. */
export function botCases({ trades, starting_balance, days }: BotHistory) {
  const gross = trades.map((trade) => ({ ...timesOf(trade), pnl: grossOf(trade) * SATOSHI }))
  const net = trades.map((trade) => ({ ...timesOf(trade), pnl: grossOf(trade) - feesOf(trade) }))
  const byPair = new Map<string, BotTrade[]>()
  for (const trade of trades) byPair.set(trade.symbol, [...(byPair.get(trade.symbol) ?? []), trade])
  return {
    gross: { input: { trades: gross } } satisfies PlainCase,
    net: { input: { trades: net } } satisfies PlainCase,
    closes: { input: { equity: closingEquities(trades, starting_balance).map(({ equity }) => equity) } },
    days: {
      input: { equity: dailyEquities(trades, starting_balance) },
      periods_per_year: 365,
      params: { step_minutes: 1440 },
    },
    growth: {
      input: { equity: [starting_balance, closingEquities(trades, starting_balance).at(-1)?.equity ?? null] },
      params: { years: days / 365 },
    },
    pairs: [...byPair].map(([symbol, ofPair]) => [symbol, { input: { fills: ofPair.flatMap(fillsOf) } }] as const),
  }
}

function timesOf({ open, close }: BotTrade) {
  return { entry_minutes: Date.parse(open) / MINUTE_MS, exit_minutes: Date.parse(close) / MINUTE_MS }
}

function grossOf({ qty, entry_price, exit_price }: BotTrade): number {
  return qty * (exit_price - entry_price)
}

function feesOf({ qty, entry_price, exit_price, fee_open, fee_close }: BotTrade): number {
  return qty * (entry_price * fee_open + exit_price * fee_close)
}

function fillsOf({ qty, entry_price, exit_price, ...trade }: BotTrade) {
  const { entry_minutes, exit_minutes } = timesOf({ qty, entry_price, exit_price, ...trade })
  return [
    { side: 'buy', qty, price: entry_price * SATOSHI, ts_minutes: entry_minutes },
    { side: 'sell', qty, price: exit_price * SATOSHI, ts_minutes: exit_minutes },
  ]
}

/** Balance after each instant at which anything was closed: trades of one instant together. */
function closingEquities(trades: readonly BotTrade[], starting: number) {
  const closes = [...new Set(trades.map(({ close }) => Date.parse(close)))].sort((a, b) => a - b)
  const equityAt = (at: number) =>
    trades.reduce((sum, trade) => (Date.parse(trade.close) <= at ? sum + grossOf(trade) : sum), starting)
  return [{ at: Number.NEGATIVE_INFINITY, equity: starting }, ...closes.map((at) => ({ at, equity: equityAt(at) }))]
}

/** Balance at the ends of the UTC days, the start before them. */
function dailyEquities(trades: readonly BotTrade[], starting: number): number[] {
  const dayOf = (text: string) => Math.floor(Date.parse(text) / DAY_MS)
  const days = trades.map(({ close }) => dayOf(close))
  const [first, last] = [Math.min(...days), Math.max(...days)]
  return Array.from({ length: last - first + 2 }, (_, index) =>
    trades.reduce((sum, trade) => (dayOf(trade.close) < first + index ? sum + grossOf(trade) : sum), starting),
  )
}

type PlainFact = Readonly<Record<string, unknown>>

/** An instant after the last trade, whose twenty days hold them all. */
export const BOT_AT = '2018-01-30T05:00:00Z'

/**
 * The trades as facts, twice. Book `gross` counts satoshi and knows no fees; after each close its account tells the
 * balance, with what is held at what it cost. Book `net` has prices in satoshi and a multiplier that makes BTC of them,
 * and fees.
 */
export function botFacts({ trades, starting_balance }: BotHistory): PlainFact[] {
  const at = '2018-01-01T00:00:00Z'
  const book = (name: string) => {
    return { fact: 'strategy', strategy_id: name, name, enabled: true, calendar: '24x7', accounts: [name], at }
  }
  const orders = trades.flatMap((trade, index) => {
    const [bought, sold] = [
      { side: 'buy', at: trade.open, price: trade.entry_price, fee: trade.fee_open },
      { side: 'sell', at: trade.close, price: trade.exit_price, fee: trade.fee_close },
    ]
    return [bought, sold].flatMap(({ side, at, price, fee }) => {
      const common = {
        ...{ fact: 'execution', side, status: 'filled', submitted_qty: trade.qty, filled_qty: trade.qty },
        ...{ submitted_at: iso(at), filled_at: iso(at), ended_at: iso(at), at: iso(at) },
        avg_fill_price: price * SATOSHI,
      }
      const costs = (trade.qty * price * fee).toFixed(17)
      return [
        { ...common, ...placed('gross', `${side} ${index}`), symbol: nameOf(trade) },
        { ...common, ...placed('net', `${side} ${index}`), symbol: `${nameOf(trade)}-IN-BTC`, costs },
      ]
    })
  })
  const instruments = [...new Set(trades.map(nameOf))].map((name) => {
    return { fact: 'instrument', symbol: `${name}-IN-BTC`, multiplier: '0.00000001', at }
  })
  const statements = closingEquities(trades, starting_balance).map((one) => statementOf(one, trades))
  return [book('gross'), book('net'), ...instruments, ...orders, ...statements]
}

function placed(account: string, order: string) {
  return { strategy_id: account, account, execution_id: `${account} ${order}` }
}

function statementOf({ at, equity }: { readonly at: number; readonly equity: number }, trades: readonly BotTrade[]) {
  const held = trades.filter(({ open, close }) => Date.parse(open) <= at && at < Date.parse(close))
  const positions = held.map((trade) => {
    const price = trade.entry_price * SATOSHI
    return { symbol: nameOf(trade), qty: trade.qty, avg_entry_price: price, mark: price }
  })
  const invested = held.reduce((sum, { qty, entry_price }) => sum + qty * entry_price * SATOSHI, 0)
  const worth = equity * SATOSHI
  return {
    ...{ fact: 'position_snapshot', account: 'gross', positions },
    at: Number.isFinite(at) ? at : Date.parse('2018-01-10T00:00:00Z'),
    ...{ equity: worth.toFixed(12), cash: (worth - invested).toFixed(12) },
  }
}

function nameOf({ symbol }: BotTrade): string {
  return symbol.split('/')[0] ?? symbol
}

function iso(text: string): string {
  return text.replace(' ', 'T')
}

/** The share as cases: its closes, with and without a return of 0 for the first bar, and on every day of the calendar. */
export function shareCases({ equity, equity_with_commission, dates }: ShareHistory) {
  const asTheirs = { periods_per_year: 252, params: { risk_free_per_period: 0.04 / 252 } }
  const withFirstBar = [equity[0], ...equity]
  const first = Date.parse(dates[0] ?? '')
  const daily: (number | null)[] = []
  for (const [index, date] of dates.entries()) {
    const day = Math.round((Date.parse(date) - first) / DAY_MS)
    while (daily.length < day) daily.push(null)
    daily.push(equity[index] ?? null)
  }
  return {
    ours: { input: { equity }, periods_per_year: 252, params: { risk_free_annual: 0.04 } } satisfies PlainCase,
    withFirstBar: { input: { equity: withFirstBar }, ...asTheirs } satisfies PlainCase,
    perPeriod: { input: { equity: withFirstBar }, ...asTheirs, periods_per_year: 1 } satisfies PlainCase,
    withCommission: { input: { equity: equity_with_commission }, ...asTheirs } satisfies PlainCase,
    traded: {
      input: {
        fills: [
          { side: 'buy', qty: 1, price: equity[0] },
          { side: 'sell', qty: 1, price: equity.at(-1) },
        ],
      },
    } satisfies PlainCase,
    onEveryDay: { input: { equity: daily }, params: { step_minutes: 1440 } } satisfies PlainCase,
  }
}

export const SHARE_AT = '2007-11-14T21:00:00Z'

/** One share bought at the first close and sold at the last, and the closes of the last days as bars. */
export function shareFacts({ dates, equity }: ShareHistory): PlainFact[] {
  const close = (index: number) => `${dates.at(index)}T21:00:00Z`
  const order = (side: string, at: string, price: number | undefined) => ({
    ...{ fact: 'execution', strategy_id: 'hold', account: 'hold', execution_id: side, side, symbol: 'IGE' },
    ...{ submitted_qty: 1, filled_qty: 1, avg_fill_price: price, status: 'filled' },
    ...{ submitted_at: at, filled_at: at, ended_at: at, at },
  })
  const at = '2001-01-01T00:00:00Z'
  return [
    { fact: 'strategy', strategy_id: 'hold', name: 'hold', enabled: true, calendar: '24x7', accounts: ['hold'], at },
    order('buy', close(0), equity[0]),
    order('sell', close(-1), equity.at(-1)),
    ...[-3, -2, -1].map((index) => ({ fact: 'bar', symbol: 'IGE', at: close(index), close: equity.at(index) })),
  ]
}
