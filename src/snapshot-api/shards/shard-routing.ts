import { bookId } from '../../domain/book.js'
import type { FrameSet } from '../../domain/frame.js'
import type { ShardOwnership } from '../../domain/shards.js'
import { HttpProblem } from '../problem.js'
import { parseQuery } from '../query.js'

/** Where books are that another process publishes; there is none where one process has all. */
export interface ShardRouting {
  readonly ownership: ShardOwnership
  /** Base URLs of the APIs of all shards by index; undefined: whoever asks is told the shard and asks there himself. */
  readonly peers: readonly string[] | undefined
  /** How long an owner may take to begin its answer. */
  readonly patienceMs: number
}

const NAMES = ['strategy_id', 'account', 'window', 'metrics', 'metric_name', 'adapter'] as const

/**
 * The shard that has the one book that a question is about, where that is another than this; undefined where this one
 * answers, be it with a refusal: all shards know the same names, live books and rules.
 *
 * Before the first frame only the two names together say whose a book is.
 */
export function ownerElsewhere(
  target: string,
  frames: FrameSet | undefined,
  routing: ShardRouting,
): number | undefined {
  const { ownership } = routing
  const { values } = parseQuery(target, NAMES)
  const [strategyId, account] = [values.get('strategy_id'), values.get('account')]
  if (strategyId === undefined) return undefined
  if (account === undefined) {
    const owners = frames === undefined ? [] : ownersElsewhere(strategyId, frames, routing)
    const isHere = [...(frames?.books.values() ?? [])].some(({ book }) => book.strategyId === strategyId)
    return isHere || owners.length > 1 ? undefined : owners[0]
  }
  const book = { strategyId, account }
  const isThere = frames === undefined ? !ownership.owns(book) : frames.elsewhere?.has(bookId(book)) === true
  return isThere ? ownership.ownerOfBook(book) : undefined
}

/** The other shards that have a live book of a strategy, ascending. */
export function ownersElsewhere(strategyId: string, frames: FrameSet, { ownership }: ShardRouting): number[] {
  const others = [...(frames.elsewhere?.values() ?? [])].filter(({ book }) => book.strategyId === strategyId)
  return [...new Set(others.map(({ book }) => ownership.ownerOfBook(book)))].sort((a, b) => a - b)
}

/** The answer where nobody is asked on the caller's behalf. */
export function misdirected(owner: number, { ownership: { shard } }: ShardRouting): HttpProblem {
  return new HttpProblem('misdirected', {
    detail: `the book is on shard ${owner} of ${shard.count}, and this is shard ${shard.index}: ask there, or set QUANT_SHARD_PEERS so that every shard answers`,
    shard: { index: owner, count: shard.count },
  })
}
