import type { FactCounts } from '../domain/ports.js'
import type { ShardOwnership } from '../domain/shards.js'
import type { Portfolio } from './portfolio.js'

/**
 * What of the facts could not be used, or not as they were meant: of the books and accounts that a shard publishes, so that
 * the counts of all shards add up to those of one process.
 */
export function factCountsOf(portfolio: Portfolio, ownership: ShardOwnership): Omit<FactCounts, 'rejected'> {
  const books = [...portfolio.books.values()].filter(({ description }) => ownership.owns(description))
  const accounts = [...portfolio.accounts.values()].filter(({ label }) => ownership.ownsAccount(label))
  let [orphans, waitingForPrice, snapshotsRefused, inferredFlows, rebases] = [0, 0, 0, 0, 0]
  for (const account of portfolio.orphanAccounts()) if (ownership.ownsAccount(account)) orphans += 1
  for (const book of books) {
    waitingForPrice += book.waitingForPrice
    for (const ledger of book.ledgers.values()) rebases += ledger.adjustments.length
  }
  for (const account of accounts) {
    snapshotsRefused += account.observations.refusedCount
    const [book] = account.books.values()
    const flows = book === undefined ? [] : account.flows.upTo(portfolio.now, book.calendar)
    inferredFlows += flows.filter(({ source }) => source === 'inferred').length
  }
  return { orphans, waitingForPrice, snapshotsRefused, inferredFlows, rebases }
}
