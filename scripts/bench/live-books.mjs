// Books at the pace of a live demo: every price moves every second, an account is snapshotted each 15 s, and a book fills
// an order each 20 s.
import { filledOrder, minuteBars, ordersOf, snapshot, snapshotsOf, symbolsOf, T } from './book-history.mjs'
import { createBenchEngine } from './engine.mjs'

const FILL_EACH_S = 20

export function createWorld(bookCount) {
  const books = Array.from({ length: bookCount }, (_, book) => ({ book, account: book, group: book }))
  const engine = createBenchEngine(T)
  engine.apply(books.flatMap((book) => [...ordersOf({ ...book, ordersASession: 40 })]))
  engine.apply(books.flatMap(({ account, group }) => snapshotsOf(account, group)))
  engine.demand()
  engine.applyPrices(books.flatMap(({ group }) => symbolsOf(group)).map(minuteBars))
  return {
    strategies: () => engine.strategies(),
    tick(now) {
      const second = now / 1000
      engine.apply(
        books
          .filter(({ book }) => (second + book) % FILL_EACH_S === 0)
          .map(({ book, account, group }) =>
            filledOrder({
              ...{ book, account, symbol: symbolsOf(group)[second % 10], at: now - 500, id: `live-${now}` },
              ...{ isBuy: second % 3 === 0, lots: second },
            }),
          ),
      )
      if (now % 15_000 === 0) engine.apply(books.map(({ account, group }) => snapshot(account, group, now)))
      engine.applyPrices(
        books
          .flatMap(({ group }) => symbolsOf(group))
          .map((symbol, index) => ({
            ...{ symbol, ats: [now], closesE8: [BigInt(10_000_000_000 + ((second * 7 + index * 13) % 1000) * 10_000)] },
          })),
      )
      return engine.tick(now, { ordersAsOf: now, feedsAsOf: now, lacking: new Map() })
    },
  }
}
