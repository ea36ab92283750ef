import type { BookKey } from '../domain/book.js'
import type { SeriesReader } from '../domain/series.js'
import { type KnownBooks, liveBooks, unknownStrategy } from './find-book.js'
import { shorten } from './problem.js'
import type { Refusal } from './refusal.js'

/**
 * The book whose series a request means: also one that is not live any more, and while warming up, as long as the store
 * knows it. Without an account it is the strategy's only live one, else the only one that the store knows.
 *
 * Undefined when there is none such; why is told to the refusal.
 */
export async function findSeriesBook(
  { strategyId, account }: { strategyId: string; account: string | undefined },
  {
    frames,
    strategies,
    nearNames,
    series,
  }: Omit<KnownBooks, 'frames'> & {
    readonly frames: KnownBooks['frames'] | undefined
    readonly series: SeriesReader
  },
  refusal: Refusal,
): Promise<BookKey | undefined> {
  const live = (frames === undefined ? [] : liveBooks(frames))
    .filter((book) => book.strategyId === strategyId)
    .map((book) => book.account)
    .sort()
  if (account === undefined ? live.length === 1 : live.includes(account))
    return { strategyId, account: account ?? String(live[0]) }
  const kept = await series.accountsOf(strategyId)
  const accounts = [...new Set([...live, ...kept])].sort()
  if (accounts.length === 0) {
    const isKnown = strategies.some((strategy) => strategy.strategyId === strategyId)
    if (isKnown || frames === undefined)
      refusal.unknown({ parameter: 'strategy_id', problem: 'the strategy has no live book, and none is in the store' })
    else refusal.unknown(unknownStrategy(strategyId, { frames, strategies, nearNames }))
  } else if (account !== undefined) {
    if (accounts.includes(account)) return { strategyId, account }
    const problem = `the strategy has no series in an account "${shorten(account)}"`
    refusal.unknown({ parameter: 'account', problem, near: nearNames(account, accounts) })
  } else if (live.length === 0 && accounts.length === 1) return { strategyId, account: String(accounts[0]) }
  else {
    const which = live.length > 0 ? live : accounts
    const problem = `required: the strategy has ${which.length} ${live.length > 0 ? 'live accounts' : 'accounts in the store'}, and there is no aggregate over them`
    refusal.malformed({ parameter: 'account', problem, allowed: which })
  }
  return undefined
}
