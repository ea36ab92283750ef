import type { BookState } from '../client/scoreboard.js'
import { staleGroups, troubleOf } from '../client/trouble.js'
import { byId, Text } from './elements.js'

export interface OverviewContext {
  /** The exporter's T; undefined before the first frame. */
  readonly now: number | undefined
  readonly all: number
  /** Those that the filters let through. */
  readonly matching: readonly BookState[]
  readonly troubled: number
  readonly onlyTrouble: boolean
  readonly isLive: boolean
}

/** The line above the table, and what stands in its place while it is empty. */
export class Overview {
  readonly #summary = new Text(byId('summary', HTMLElement))
  readonly #empty = new Text(byId('empty', HTMLElement))
  readonly #clock = new Text(byId('clock', HTMLTimeElement))

  isTroubled(book: BookState, silentMs: number): boolean {
    return troubleOf(book, silentMs).length > 0
  }

  show({ now, all, matching, troubled, onlyTrouble, isLive }: OverviewContext): void {
    if (now !== undefined) this.#clock.show(`${new Date(now).toISOString().slice(0, 19).replace('T', ' ')} UTC`)
    const stale = matching.filter((book) => staleGroups(book).length > 0).length
    const alerts = matching.reduce((sum, book) => sum + book.alerts.length, 0)
    this.#summary.show(
      all === 0
        ? ''
        : [
            matching.length === all ? count(all, 'book') : `${matching.length} of ${count(all, 'book')}`,
            troubled === 0 ? 'nothing needs attention' : `${troubled} need${troubled === 1 ? 's' : ''} attention`,
            ...(stale === 0 ? [] : [`${stale} with STALE or failing numbers`]),
            ...(alerts === 0 ? [] : [count(alerts, 'open alert')]),
          ].join(' · '),
      troubled === 0 ? 'summary' : 'summary troubled',
    )
    const shown = onlyTrouble ? troubled : matching.length
    this.#empty.element.hidden = shown > 0
    this.#empty.show(
      all === 0
        ? isLive
          ? 'No book is live: no enabled strategy has an account yet.'
          : 'Waiting for the first books.'
        : matching.length === 0
          ? 'No live book is of this strategy and account.'
          : 'Nothing needs attention.',
    )
  }
}

function count(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? '' : 's'}`
}
