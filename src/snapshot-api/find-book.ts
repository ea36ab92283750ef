import { type BookDescription, bookId } from '../domain/book.js'
import type { BookFrame, FrameSet } from '../domain/frame.js'
import type { StrategySummary } from '../domain/ports.js'
import { type ParameterProblem, shorten } from './problem.js'
import type { Refusal } from './refusal.js'

/** Names among the candidates that somebody may have meant, the likeliest first. */
export type NearNames = (name: string, candidates: readonly string[], limit?: number) => string[]

export interface KnownBooks {
  readonly frames: FrameSet
  readonly strategies: readonly StrategySummary[]
  readonly nearNames: NearNames
}

/**
 * The live book that a request means: of the strategy, in the account, or in its only live account where none is given.
 *
 * Undefined when there is none such; why is told to the refusal.
 */
export function findBook(
  { strategyId, account }: { strategyId: string; account: string | undefined },
  known: KnownBooks,
  refusal: Refusal,
): BookFrame | undefined {
  const live = liveBooks(known.frames).filter((book) => book.strategyId === strategyId)
  const summary = known.strategies.find((strategy) => strategy.strategyId === strategyId)
  if (live.length === 0 && summary === undefined) refusal.unknown(unknownStrategy(strategyId, known))
  else if (account === undefined) {
    const book = onlyBook(live, refusal)
    return book && known.frames.books.get(bookId(book))
  } else {
    const frame = known.frames.books.get(bookId({ strategyId, account }))
    if (frame !== undefined) return frame
    refusal.unknown(unknownAccount(account, accountsOf(live), summary, known.nearNames))
  }
  return undefined
}

/** All live books, whichever shard publishes them. */
export function liveBooks({ books, elsewhere = new Map() }: FrameSet): BookDescription[] {
  return [...books.values(), ...elsewhere.values()].map(({ book }) => book)
}

function onlyBook(live: readonly BookDescription[], refusal: Refusal): BookDescription | undefined {
  if (live.length === 0) {
    refusal.unknown({ parameter: 'strategy_id', problem: 'the strategy has no live book: no position, no recent fact' })
  } else if (live.length > 1) {
    refusal.malformed({
      parameter: 'account',
      problem: `required: the strategy has ${live.length} live accounts, and there is no aggregate over them`,
      allowed: accountsOf(live),
    })
  } else return live[0]
  return undefined
}

export function unknownStrategy(asked: string, { frames, strategies, nearNames }: KnownBooks): ParameterProblem {
  const names = new Map(strategies.map(({ strategyId, name }) => [strategyId, name]))
  for (const book of liveBooks(frames)) names.set(book.strategyId, book.strategyName)
  const quoted = shorten(asked)
  const named = [...names].filter(([, name]) => name === asked).map(([id]) => id)
  return named.length > 0
    ? { parameter: 'strategy_id', problem: `"${quoted}" is a strategy's name, not its id`, near: named }
    : {
        parameter: 'strategy_id',
        problem: `no strategy has the id "${quoted}"`,
        near: nearNames(asked, [...names.keys()]),
      }
}

/**
 * Refuses names that nobody knows, which would be silence for ever, in a question about any of a strategy's books. A
 * strategy without a live book may get one, or had one.
 */
export function checkNames(
  { strategyId, account }: { readonly strategyId?: string | undefined; readonly account?: string | undefined },
  known: KnownBooks,
  refusal: Refusal,
): void {
  const { frames, strategies, nearNames } = known
  const live = liveBooks(frames).filter((book) => strategyId === undefined || book.strategyId === strategyId)
  const summaries = strategies.filter((strategy) => strategyId === undefined || strategy.strategyId === strategyId)
  if (strategyId !== undefined && summaries.length === 0 && live.length === 0) {
    refusal.unknown(unknownStrategy(strategyId, known))
    return
  }
  const accounts = new Set([...live.map((book) => book.account), ...summaries.flatMap((strategy) => strategy.accounts)])
  if (account === undefined || accounts.has(account)) return
  const problem = `${strategyId === undefined ? 'no strategy trades' : 'the strategy does not trade'} in an account "${shorten(account)}"`
  refusal.unknown({ parameter: 'account', problem, near: nearNames(account, [...accounts]) })
}

/** Why an account is not found, given the accounts in which the strategy has a live book. */
function unknownAccount(
  asked: string,
  live: readonly string[],
  summary: StrategySummary | undefined,
  nearNames: NearNames,
): ParameterProblem {
  const problem = summary?.accounts.includes(asked)
    ? `the strategy has no live book in "${shorten(asked)}": no position, no recent fact`
    : `the strategy does not trade in an account "${shorten(asked)}"`
  return { parameter: 'account', problem, near: nearNames(asked, live) }
}

function accountsOf(live: readonly BookDescription[]): string[] {
  return live.map(({ account }) => account).sort()
}
