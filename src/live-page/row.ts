import { type Cell, COLUMNS, cellOf } from '../client/columns.js'
import { type History, pathOf } from '../client/history.js'
import type { BookState } from '../client/scoreboard.js'
import { describeSession } from '../client/session.js'
import { staleGroups, troubleOf } from '../client/trouble.js'
import { make, Sparkline, Text } from './elements.js'
import { FreshnessBadges } from './freshness-badges.js'

/** What a row is drawn from, beside its book. */
export interface RowContext {
  /** The exporter's T. */
  readonly now: number
  readonly silentMs: number
  /** By metric. */
  readonly histories: ReadonlyMap<string, History>
}

/** One book's line of the scoreboard; on a narrow screen a card. Made once, then only its texts are written. */
export class Row {
  readonly element = make('tr')
  readonly #name = new Text(make('span', 'name'))
  readonly #account = new Text(make('span', 'account'))
  readonly #session = new Text(make('span', 'session'))
  readonly #trouble = new Text(make('span', 'trouble'))
  readonly #numbers = COLUMNS.map((column) => new NumberCell(column.title))
  readonly #badges = new FreshnessBadges()

  constructor() {
    const head = make('th', '', this.#name.element, this.#account.element, this.#session.element, this.#trouble.element)
    head.scope = 'row'
    const freshness = make('td', 'freshness', this.#badges.element)
    freshness.dataset.label = 'Freshness'
    this.element.append(head, ...this.#numbers.map(({ element }) => element), freshness)
  }

  update(book: BookState, { now, silentMs, histories }: RowContext): void {
    const trouble = troubleOf(book, silentMs)
    this.#name.show(book.strategy)
    this.#account.show(book.account)
    this.#session.show(`${book.session.calendar} ${describeSession(book.session, now)}`)
    this.#trouble.show(trouble.join(' · '))
    this.#name.element.title = `strategy ${book.strategyId}`
    for (const [index, column] of COLUMNS.entries()) {
      const path = pathOf(histories.get(column.metric)?.points ?? [], Sparkline.width, Sparkline.height)
      this.#numbers[index]?.show(cellOf(column, book.metrics.get(column.metric)), path)
    }
    this.#badges.show(book.groups)
    const state =
      silentMs > 0 ? 'silent' : staleGroups(book).length > 0 ? 'stale' : trouble.length > 0 ? 'alert' : 'well'
    if (this.element.dataset.state !== state) this.element.dataset.state = state
  }
}

class NumberCell {
  readonly element: HTMLElement
  readonly #value = new Text(make('span', 'value'))
  readonly #note = new Text(make('span', 'note'))
  readonly #line = new Sparkline()

  constructor(title: string) {
    this.element = make('td', 'number', this.#value.element, this.#note.element, this.#line.element)
    this.element.dataset.label = title
  }

  show({ text, tone, note }: Cell, path: string): void {
    this.#value.show(text, `value ${tone}`)
    this.#note.show(note)
    this.#line.show(path)
  }
}
