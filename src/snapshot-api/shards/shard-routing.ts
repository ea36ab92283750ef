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
  { ownership }: ShardRouting,
): number | undefined {
  const { values } = parseQuery(target, NAMES)
  const [strategyId, account] = [values.get('strategy_id'), values.get('account')]
  if (strategyId === undefined) return undefined
  const others = [...(frames?.elsewhere?.values() ?? [])].map(({ book }) => book)
  const there = others.filter((book) => book.strategyId === strategyId)
  if (account === undefined) {
    const here = [...(frames?.books.values() ?? [])].filter(({ book }) => book.strategyId === strategyId)
    const owners = new Set(there.map((book) => ownership.ownerOfBook(book)))
    return here.length === 0 && owners.size === 1 ? [...owners][0] : undefined
  }
  const book = { strategyId, account }
  const isThere = frames === undefined ? !ownership.owns(book) : frames.elsewhere?.has(bookId(book)) === true
  return isThere ? ownership.ownerOfBook(book) : undefined
}

/** The answer where nobody is asked on the caller's behalf. */
export function misdirected(owner: number, { ownership: { shard } }: ShardRouting): HttpProblem {
  return new HttpProblem('misdirected', {
    detail: `the book is on shard ${owner} of ${shard.count}, and this is shard ${shard.index}: ask there, or set QUANT_SHARD_PEERS so that every shard answers`,
    shard: { index: owner, count: shard.count },
  })
}
