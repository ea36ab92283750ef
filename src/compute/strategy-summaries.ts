import type { StrategySummary } from '../domain/ports.js'
import { readOnce } from '../lib/read-once.js'
import type { Book } from './book.js'
import type { Portfolio } from './portfolio.js'

/** What is known of every strategy: its books' accounts and the span of their facts. Sorted by id. */
export function summarizeStrategies(portfolio: Portfolio): StrategySummary[] {
  const booksOf = new Map<string, Book[]>()
  for (const book of portfolio.books.values())
    readOnce(booksOf, book.description.strategyId, (): Book[] => []).push(book)
  const summaries = [...portfolio.strategies.all()].map((strategy): StrategySummary => {
    const books = booksOf.get(strategy.strategyId) ?? []
    const firsts = books.map((book) => book.activity.first).filter((at) => at !== undefined)
    const lasts = books.map((book) => book.activity.lastAtOrBefore(portfolio.now)).filter((at) => at !== undefined)
    return {
      strategyId: strategy.strategyId,
      name: strategy.name,
      enabled: strategy.enabled,
      calendar: portfolio.strategies.calendarOf(strategy.strategyId),
      accounts: books.map((book) => book.description.account).sort(),
      firstFactAt: firsts.length > 0 ? Math.min(...firsts) : null,
      lastFactAt: lasts.length > 0 ? Math.max(...lasts) : null,
    }
  })
  return summaries.sort((a, b) => (a.strategyId < b.strategyId ? -1 : 1))
}
