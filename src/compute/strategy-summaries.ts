import type { StrategySummary } from '../domain/ports.js'
import type { Portfolio } from './portfolio.js'

/** What is known of every strategy: its books' accounts and the span of their facts. Sorted by id. */
export function summarizeStrategies(portfolio: Portfolio): StrategySummary[] {
  const summaries = [...portfolio.strategies.all()].map((strategy): StrategySummary => {
    const books = [...portfolio.books.values()].filter((book) => book.description.strategyId === strategy.strategyId)
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
