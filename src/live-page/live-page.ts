import type { Filters } from '../client/filters.js'
import { followStream } from '../client/follow-stream.js'
import type { Link } from '../client/link.js'
import { Scoreboard } from '../client/scoreboard.js'
import { sessionAt } from '../client/session.js'
import type { ScoreboardEvent } from '../client/stream-events.js'
import { AlertList } from './alert-list.js'
import { Api } from './api.js'
import { Banner } from './banner.js'
import { EarlierPoints } from './earlier-points.js'
import { FilterForm } from './filter-form.js'
import { readHealth } from './health.js'
import { Overview } from './overview.js'
import { Table } from './table.js'
import { TokenForm } from './token-form.js'
import { Waker } from './waker.js'

/** Countdowns and ages move though nothing comes. */
const SECOND_MS = 1_000
/** A market that has closed is asked about again this often, until the exporter has said when it opens. */
const ASK_SESSIONS_EVERY_MS = 5_000

/**
 * Joins the stream to the page. Events only change what is known and note which books are another; the page is painted from
 * it at most once a frame, and only in rows that are shown.
 */
export class LivePage {
  readonly #board = new Scoreboard()
  readonly #table = new Table()
  readonly #alerts = new AlertList()
  readonly #overview = new Overview()
  readonly #waker = new Waker()
  readonly #banner = new Banner(() => this.#waker.wake())
  readonly #tokens = new TokenForm(() => this.#restart())
  readonly #filters = new FilterForm((filters, before) => this.#refilter(filters, before))
  readonly #api = new Api(() => this.#tokens.token)
  readonly #changed = new Set<string>()
  #controller = new AbortController()
  #earlier: EarlierPoints | undefined
  #link: Link = { state: 'connecting' }
  #liveSinceMs: number | undefined
  #heardAtMs: number | undefined
  #askedSessionsAtMs = Number.NEGATIVE_INFINITY
  #isPaintDue = false

  start(): void {
    this.#restart()
    setInterval(() => this.#pass(), SECOND_MS)
  }

  /** Begins anew: with another window or token nothing of what is known counts. */
  #restart(): void {
    this.#controller.abort()
    this.#controller = new AbortController()
    this.#board.clear()
    this.#table.clear()
    this.#earlier = undefined
    this.#heardAtMs = undefined
    this.#askedSessionsAtMs = Number.NEGATIVE_INFINITY
    const { signal } = this.#controller
    void followStream({
      url: this.#api.url('/stream', { window: this.#filters.filters.window }),
      token: this.#tokens.token,
      signal,
      wait: this.#waker.wait,
      onLink: (link) => this.#relink(link, signal),
      onEvent: (event) => this.#take(event),
    })
    this.#repaintAll()
  }

  #refilter(filters: Filters, before: Filters): void {
    if (filters.window !== before.window) this.#restart()
    this.#repaintAll()
  }

  #relink(link: Link, signal: AbortSignal): void {
    if (signal.aborted) return
    this.#link = link
    this.#liveSinceMs = link.state === 'live' ? performance.now() : undefined
    if (link.state === 'refused' && link.status === 401) this.#tokens.refuse()
    if (link.state === 'live') {
      this.#tokens.hide()
      void this.#askHealth(signal)
    }
    // At once and not with the next frame: a tab that nobody looks at gets none, but has a title.
    this.#showBanner()
    this.#repaintAll()
  }

  #take(event: ScoreboardEvent): 'gap' | undefined {
    const nowMs = performance.now()
    this.#heardAtMs = nowMs
    const applied = this.#board.apply(event, nowMs)
    if (applied === 'gap') return 'gap'
    if (applied === undefined) return undefined
    this.#changed.add(applied.book.key)
    this.#table.remember(applied.book)
    if (event.kind === 'snapshot') this.#earlier?.want(applied.book)
    this.#requestPaint()
    return undefined
  }

  async #askHealth(signal: AbortSignal): Promise<void> {
    this.#askedSessionsAtMs = performance.now()
    const health = await readHealth(this.#api, signal)
    if (health === undefined || signal.aborted) return
    for (const session of health.sessions) this.#board.tellSession(session)
    if (health.keepsSeries && this.#earlier === undefined) {
      this.#earlier = new EarlierPoints(this.#api, this.#filters.filters.window, signal, ({ key, points }) => {
        const histories = this.#table.historiesOf(key)
        for (const [metric, earlier] of points) histories.get(metric)?.prepend(earlier)
        this.#changed.add(key)
        this.#requestPaint()
      })
      for (const book of this.#board.books.values()) this.#earlier.want(book)
    }
    this.#repaintAll()
  }

  /** A second has passed. */
  #pass(): void {
    const nowMs = performance.now()
    for (const key of this.#board.forgetGone(this.#liveSinceMs, nowMs)) this.#table.remove(key)
    const isOutdated = [...this.#board.books.values()].some(
      ({ session }) => sessionAt(session, this.#board.now ?? 0).isOutdated,
    )
    if (isOutdated && this.#link.state === 'live' && nowMs - this.#askedSessionsAtMs > ASK_SESSIONS_EVERY_MS)
      void this.#askHealth(this.#controller.signal)
    this.#showBanner()
    this.#repaintAll()
  }

  #repaintAll(): void {
    for (const key of this.#board.books.keys()) this.#changed.add(key)
    this.#requestPaint()
  }

  #requestPaint(): void {
    if (this.#isPaintDue) return
    this.#isPaintDue = true
    requestAnimationFrame(() => {
      this.#isPaintDue = false
      this.#paint()
    })
  }

  #paint(): void {
    const { books, now = 0 } = this.#board
    const nowMs = performance.now()
    const { onlyTrouble } = this.#filters.filters
    const isLive = this.#link.state === 'live'
    const matching = [...books.values()].filter((book) => this.#filters.matches(book))
    const troubled = new Set(matching.filter((book) => this.#overview.isTroubled(book, this.#silentMs(book, nowMs))))
    for (const key of this.#changed) {
      const book = books.get(key)
      if (book === undefined) continue
      const isShown = this.#filters.matches(book) && (!onlyTrouble || troubled.has(book))
      this.#table.show(book, { now, silentMs: this.#silentMs(book, nowMs), isLive }, isShown)
    }
    this.#changed.clear()
    this.#filters.offer(books.values())
    this.#alerts.show(matching, now)
    this.#overview.show({
      now: this.#board.now,
      all: books.size,
      matching,
      troubled: troubled.size,
      onlyTrouble,
      isLive,
    })
    this.#showBanner()
  }

  #showBanner(): void {
    const nowMs = performance.now()
    this.#banner.show({
      link: this.#link,
      ageMs: this.#heardAtMs === undefined || this.#board.books.size === 0 ? undefined : nowMs - this.#heardAtMs,
      retryInMs: this.#waker.leftMs(nowMs),
      troubled: [...this.#board.books.values()].filter(
        (book) => this.#filters.matches(book) && this.#overview.isTroubled(book, this.#silentMs(book, nowMs)),
      ).length,
    })
  }

  #silentMs(book: Parameters<Scoreboard['silentMs']>[0], nowMs: number): number {
    return this.#board.silentMs(book, this.#liveSinceMs, nowMs)
  }
}
