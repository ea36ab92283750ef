import { DICTIONARY } from '../compute/dictionary.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { QuantError } from '../domain/errors.js'
import type { Window } from '../domain/window.js'
import { nearNames } from '../lib/near-names.js'
import { type ExplanationBody, explanationBody } from '../snapshot-api/explanation-body.js'
import type { Replayed } from './replay.js'

export interface ExplainRequest {
  readonly strategyId: string
  /** Undefined: the strategy's only live account. */
  readonly account: string | undefined
  readonly window: Window
  readonly metric: string
}

export type ReplayedExplanation = ExplanationBody & { readonly known_by?: 'exact' | 'approximate' }

/** Books named in an error. */
const NAMED_BOOKS = 20

/** How a number of replayed frames came about; throws QuantError `usage` where there is no such book. */
export function explainReplayed(
  { frames, knownBy, explain }: Replayed,
  { strategyId, account, window, metric }: ExplainRequest,
  calendars: Readonly<Record<CalendarName, Calendar>>,
): ReplayedExplanation {
  const books = [...frames.books.values()].map(({ book }) => book)
  const accounts = books.filter((book) => book.strategyId === strategyId).map((book) => book.account)
  if (accounts.length === 0) throw noSuch('strategy', strategyId, [...new Set(books.map((book) => book.strategyId))])
  if (account === undefined && accounts.length > 1)
    throw new QuantError(
      'usage',
      `strategy '${strategyId}' is live in several accounts: name one with --account (${accounts.join(', ')})`,
    )
  const asked = account ?? accounts[0]
  if (asked === undefined || !accounts.includes(asked)) throw noSuch('account', String(asked), accounts)
  const explanation = explain({ strategyId, account: asked, window, metric })
  if (explanation === undefined) throw unknownMetric(metric)
  const body = explanationBody(explanation, { set: frames, calendars })
  return knownBy === undefined ? body : { ...body, known_by: knownBy }
}

/** Throws QuantError `usage` with the nearest names where the dictionary has no such metric. */
export function assertMetric(metric: string): void {
  if (!DICTIONARY.some(({ name }) => name === metric)) throw unknownMetric(metric)
}

function unknownMetric(metric: string): QuantError {
  const near = nearNames(
    metric,
    DICTIONARY.map(({ name }) => name),
  )
  return new QuantError('usage', `there is no metric '${metric}'${meant(near)}`)
}

function noSuch(what: 'strategy' | 'account', asked: string, known: readonly string[]): QuantError {
  if (known.length === 0) return new QuantError('usage', 'the facts have no live book at the instant asked for')
  const there = [...known].sort().slice(0, NAMED_BOOKS).join(', ')
  const where = what === 'account' ? ' of the strategy' : ''
  return new QuantError(
    'usage',
    `there is no live book${where} ${what === 'account' ? 'in account' : 'of strategy'} '${asked}'${meant(nearNames(asked, known))} (there are ${there})`,
  )
}

function meant(near: readonly string[]): string {
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''
}
