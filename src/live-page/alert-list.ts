import type { BookState } from '../client/scoreboard.js'
import { formatDuration } from '../client/session.js'
import type { AlertState } from '../client/stream-events.js'
import { byId, make, Text } from './elements.js'

interface Item {
  readonly element: HTMLElement
  readonly age: Text
}

/** The open alerts of the books that are shown, worst first as each book lists them. */
export class AlertList {
  readonly #section = byId('alerts', HTMLElement)
  readonly #list = byId('alert-list', HTMLUListElement)
  #items = new Map<string, Item>()

  show(books: readonly BookState[], now: number): void {
    const open = books.flatMap((book) => book.alerts.map((alert) => ({ alert, book })))
    const before = this.#items
    this.#items = new Map(
      open.map(({ alert, book }) => [alert.alertId, before.get(alert.alertId) ?? makeItem(alert, book)]),
    )
    for (const [id, { element }] of before) if (!this.#items.has(id)) element.remove()
    for (const { alert } of open) {
      const item = this.#items.get(alert.alertId)
      item?.age.show(`for ${formatDuration(now - alert.openedAt)}`)
      if (item !== undefined && !item.element.isConnected) this.#list.append(item.element)
    }
    this.#section.hidden = open.length === 0
  }
}

function makeItem({ severity, policy, summary, window, metricName, runbookUrl }: AlertState, book: BookState): Item {
  const age = new Text(make('span', 'muted'))
  const element = make(
    'li',
    `card alert ${severity}`,
    make('strong', '', severity.toUpperCase()),
    make('span', '', `${book.strategy} · ${book.account}`),
    make('span', 'muted', `${policy} (${metricName}, ${window})`),
    make('span', 'about', summary),
    age.element,
  )
  if (runbookUrl !== undefined) {
    const link = make('a', '', 'What to do')
    link.href = runbookUrl
    link.rel = 'noreferrer noopener'
    element.append(link)
  }
  return { element, age }
}
