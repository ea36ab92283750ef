import { createHash } from 'node:crypto'
import type { BookKey } from '../../domain/book.js'
import type { Window } from '../../domain/window.js'

/** What a client of the stream asked for: one window, of all books or of some. */
export interface StreamFilter {
  readonly strategyId: string | undefined
  readonly account: string | undefined
  readonly window: Window
}

/** Whose an event is. An alert belongs to no window: every window's client hears of it. */
export interface EventScope extends BookKey {
  readonly window: Window | undefined
}

export function passes({ strategyId, account, window }: StreamFilter, event: EventScope): boolean {
  return (
    (strategyId === undefined || strategyId === event.strategyId) &&
    (account === undefined || account === event.account) &&
    (event.window === undefined || event.window === window)
  )
}

/** A short name of a filter, the same in every process. */
export function filterName({ strategyId, account, window }: StreamFilter): string {
  const text = JSON.stringify([strategyId ?? null, account ?? null, window])
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
