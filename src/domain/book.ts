import type { CalendarName } from './calendar.js'

/** A book is one strategy in one account: what every metric belongs to. */
export interface BookKey {
  readonly strategyId: string
  readonly account: string
}

/** One string a book, for maps; the separator cannot occur in an account label that upstream accepts. */
export function bookId({ strategyId, account }: BookKey): string {
  return `${strategyId}\u0000${account}`
}

export interface BookDescription extends BookKey {
  readonly strategyName: string
  readonly calendar: CalendarName
}

/** Symbols are compared without the slash: positions say BTCUSD, orders and bars BTC/USD. */
export function canonicalSymbol(symbol: string): string {
  return symbol.replace('/', '').toUpperCase()
}
