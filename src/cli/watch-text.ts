import { COLUMNS, cellOf, inWords } from '../client/columns.js'
import type { Link } from '../client/link.js'
import type { Applied, BookState, Scoreboard } from '../client/scoreboard.js'
import { describeSession, formatDuration } from '../client/session.js'
import type { ScoreboardEvent } from '../client/stream-events.js'
import { troubleOf } from '../client/trouble.js'
import { toIso } from '../domain/time.js'
import { alignColumns } from './text-table.js'

export interface WatchTableContext {
  readonly board: Scoreboard
  readonly link: Link
  readonly window: string
  /** Since the last event; undefined before the first. */
  readonly ageMs: number | undefined
  readonly silentMs: (book: BookState) => number
  /** What the terminal has room for. */
  readonly maxLines: number
}

const TITLES = ['strategy', 'account', ...COLUMNS.map(({ title }) => title), 'market', 'needs attention']

/** The scoreboard as lines: how the connection is, then one book a line, by strategy and account. */
export function watchTable({ board, link, window, ageMs, silentMs, maxLines }: WatchTableContext): string {
  const now = board.now
  const books = [...board.books.values()].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const isOld = link.state !== 'live' && ageMs !== undefined && books.length > 0
  const age = isOld ? `; the numbers below are ${formatDuration(ageMs)} old` : ''
  const head = `${now === undefined ? 'no frame yet' : `T = ${toIso(now)}`}, window ${window}, ${linkText(link)}${age}`
  if (books.length === 0 || now === undefined) return head
  const room = Math.max(1, maxLines - 2)
  const shown = books.length > room ? books.slice(0, Math.max(1, room - 1)) : books
  const rows = shown.map((book) => [
    book.strategy,
    book.account,
    ...COLUMNS.map((column) => {
      const { text, note } = cellOf(column, book.metrics.get(column.metric))
      return note === 'stale' ? `${text} (stale)` : text
    }),
    describeSession(book.session, now),
    troubleOf(book, silentMs(book)).join('; '),
  ])
  const left = books.length - shown.length
  return [
    head,
    ...alignColumns([TITLES, ...rows], (column) => column < 2 || column >= 2 + COLUMNS.length),
    ...(left === 0 ? [] : [`and ${left} more: --strategy and --account narrow it`]),
  ].join('\n')
}

function orderOf({ strategy, account, strategyId }: BookState): string {
  return `${strategy}\n${account}\n${strategyId}`
}

/** How the connection is, in a sentence. */
export function linkText(link: Link): string {
  if (link.state === 'live' || link.state === 'connecting') return link.state
  const again = link.state === 'refused' ? '' : `; trying again in ${Math.max(1, Math.round(link.retryInMs / 1_000))} s`
  return `${link.state === 'disconnected' ? 'DISCONNECTED' : link.state}: ${link.why}${again}`
}

/**
 * What an event says that was not so before, a line each: T, strategy, account, and a number with its quality, a group's
 * freshness, or an alert. A new book says all its numbers.
 */
export function changeLines(
  event: ScoreboardEvent,
  before: BookState | undefined,
  applied: Exclude<Applied, 'gap'>,
  now: number | undefined,
): string[] {
  if ('alert' in event) {
    const { strategyId, account, severity, policy, summary } = event.alert
    const whose = applied === undefined ? [strategyId, account] : [applied.book.strategy, account]
    return [line(now, whose, `alert_${event.kind}`, severity, policy, summary)]
  }
  if (applied === undefined) return []
  const { book } = applied
  const whose = [book.strategy, book.account]
  const numbers = COLUMNS.flatMap((column) => {
    const { text, note } = cellOf(column, book.metrics.get(column.metric))
    const old = before && cellOf(column, before.metrics.get(column.metric))
    if (old !== undefined && old.text === text && old.note === note) return []
    return [line(book.frameAsOf, whose, column.metric, text, note)]
  })
  const groups = book.groups.flatMap(({ group, quality }) => {
    const old = before?.groups.find((other) => other.group === group)?.quality
    const isNews = before === undefined ? quality === 'stale' || quality === 'error' : old !== quality
    return isNews ? [line(book.frameAsOf, whose, `freshness_${group}`, inWords(quality))] : []
  })
  return [...numbers, ...groups]
}

function line(at: number | undefined, whose: readonly string[], ...words: readonly string[]): string {
  return [at === undefined ? '-' : toIso(at), ...whose, ...words.filter((word) => word !== '')].join('  ')
}
