import type { Link } from '../client/link.js'
import { Scoreboard } from '../client/scoreboard.js'
import type { ScoreboardEvent } from '../client/stream-events.js'
import { createScreen, type Terminal } from './terminal.js'
import { changeLines, linkText, watchTable } from './watch-text.js'

/** What watch shows of a stream. */
export interface WatchView {
  relink(link: Link): void
  take(event: ScoreboardEvent): 'gap' | undefined
  /** A second has passed. */
  pass(): void
}

/** A table that is drawn again in place. */
export class TableView implements WatchView {
  readonly #board = new Scoreboard()
  readonly #terminal: Terminal
  readonly #screen: ReturnType<typeof createScreen>
  readonly #window: string
  #link: Link = { state: 'connecting' }
  #since: { readonly liveMs: number | undefined; readonly heardMs: number | undefined } = {
    liveMs: undefined,
    heardMs: undefined,
  }

  constructor(terminal: Terminal, window: string) {
    this.#terminal = terminal
    this.#screen = createScreen(terminal)
    this.#window = window
  }

  relink(link: Link): void {
    this.#link = link
    this.#since = { ...this.#since, liveMs: link.state === 'live' ? performance.now() : undefined }
    if (link.state !== 'refused') this.#draw()
  }

  take(event: ScoreboardEvent): 'gap' | undefined {
    const nowMs = performance.now()
    this.#since = { ...this.#since, heardMs: nowMs }
    return this.#board.apply(event, nowMs) === 'gap' ? 'gap' : undefined
  }

  /** A tick brings an event a book: the table is drawn once for all of them. */
  pass(): void {
    this.#board.forgetGone(this.#since.liveMs, performance.now())
    this.#draw()
  }

  #draw(): void {
    const nowMs = performance.now()
    const { liveMs, heardMs } = this.#since
    const text = watchTable({
      ...{ board: this.#board, link: this.#link, window: this.#window, maxLines: this.#terminal.rows - 1 },
      ageMs: heardMs === undefined ? undefined : nowMs - heardMs,
      silentMs: (book) => this.#board.silentMs(book, liveMs, nowMs),
    })
    this.#screen.show(text)
  }
}

/** A line for each change. */
export class LineView implements WatchView {
  readonly #board = new Scoreboard()
  readonly #terminal: Terminal
  #said = ''

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  relink(link: Link): void {
    const text = linkText(link)
    if (link.state === 'refused' || text === this.#said) return
    this.#said = text
    this.#terminal.err(`${text}\n`)
  }

  take(event: ScoreboardEvent): 'gap' | undefined {
    const before = 'alert' in event ? undefined : this.#board.bookOf(event)
    const applied = this.#board.apply(event, performance.now())
    if (applied === 'gap') return 'gap'
    for (const line of changeLines(event, before, applied, this.#board.now)) this.#terminal.out(`${line}\n`)
    return undefined
  }

  pass(): void {
    // Lines are written as events come; a second that passes is no news.
  }
}
