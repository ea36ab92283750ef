import { COLUMNS } from '../client/columns.js'
import { History } from '../client/history.js'
import type { BookState } from '../client/scoreboard.js'
import { byId, make } from './elements.js'
import { Row, type RowContext } from './row.js'

/** The scoreboard's rows, in the order of strategy and account, and the lines in them. */
export class Table {
  readonly #body = byId('rows', HTMLTableSectionElement)
  readonly #rows = new Map<string, { readonly row: Row; readonly order: string }>()
  readonly #histories = new Map<string, Map<string, History>>()

  constructor() {
    const titles = ['Strategy, account', ...COLUMNS.map(({ title }) => title), 'Freshness']
    byId('head', HTMLTableRowElement).append(
      ...titles.map((title, index) => {
        const cell = make('th', index > 0 && index <= COLUMNS.length ? 'number' : '', title)
        cell.scope = 'col'
        return cell
      }),
    )
  }

  /** Takes the numbers of a frame into the lines. */
  remember({ key, metrics, frameAsOf }: BookState): void {
    const histories = this.historiesOf(key)
    for (const { metric } of COLUMNS) {
      const history = histories.get(metric) ?? new History()
      histories.set(metric, history)
      history.add(frameAsOf, metrics.get(metric)?.value ?? null)
    }
  }

  historiesOf(key: string): Map<string, History> {
    const known = this.#histories.get(key) ?? new Map<string, History>()
    this.#histories.set(key, known)
    return known
  }

  show(book: BookState, context: Omit<RowContext, 'histories'>, isShown: boolean): void {
    const row = this.#rows.get(book.key)?.row ?? this.#add(book)
    row.element.hidden = !isShown
    if (isShown) row.update(book, { ...context, histories: this.historiesOf(book.key) })
  }

  remove(key: string): void {
    this.#rows.get(key)?.row.element.remove()
    this.#rows.delete(key)
    this.#histories.delete(key)
  }

  clear(): void {
    for (const key of [...this.#rows.keys()]) this.remove(key)
  }

  #add(book: BookState): Row {
    const row = new Row()
    const order = `${book.strategy}\n${book.account}\n${book.strategyId}`
    const later = [...this.#rows.values()]
      .filter((other) => other.order > order)
      .reduce<{ row: Row; order: string } | undefined>(
        (first, other) => (first === undefined || other.order < first.order ? other : first),
        undefined,
      )
    this.#body.insertBefore(row.element, later?.row.element ?? null)
    this.#rows.set(book.key, { row, order })
    return row
  }
}
