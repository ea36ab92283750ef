import type { BookKey } from '../../../src/domain/book.js'
import { type Fraction, fraction } from './exact.js'
import { type Knowledge, QUANTITY_ONE } from './knowledge.js'
import { startOf } from './windows.js'

/** A book's part of its account: what configuration says, else as many as had an order there in the longest window. */
export function shareOf(known: Knowledge, key: BookKey): Fraction {
  const configured = known.options.shareOf?.(key.strategyId, key.account)
  return configured === undefined
    ? fraction(1n, BigInt(1 + otherTraders(known, key).length))
    : fraction(BigInt(Math.round(configured * 1e9)), QUANTITY_ONE)
}

/** The other books that submitted an order in the account in the longest window. */
export function otherTraders(known: Knowledge, key: BookKey): string[] {
  const start = startOf('20d', known.calendarOf(key.strategyId), known)
  const strategies = known.orders
    .filter(({ account, submittedAt }) => account === key.account && submittedAt > start)
    .flatMap(({ strategyId }) => strategyId ?? [])
  return [...new Set(strategies)].filter((strategyId) => strategyId !== key.strategyId)
}
