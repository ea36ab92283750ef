import type {
  AlertEvent,
  AlertState,
  DeltaEvent,
  GroupState,
  MetricState,
  ScoreboardEvent,
  SessionState,
  SnapshotEvent,
} from './stream-events.js'

/** A book is heard of at least every five seconds; one that is not, while others are, is silent. */
export const SILENT_AFTER_MS = 12_000
/** And then is there no more: the stream has no word for that. */
const GONE_AFTER_MS = 60_000

/** What is known of one book in the window that was asked for. */
export interface BookState {
  readonly key: string
  readonly strategyId: string
  readonly account: string
  readonly strategy: string
  readonly session: SessionState
  readonly groups: readonly GroupState[]
  readonly metrics: ReadonlyMap<string, MetricState>
  readonly alerts: readonly AlertState[]
  readonly frameSeq: number
  /** T of its newest frame. */
  readonly frameAsOf: number
  /** When it was last heard of, on the clock of whoever listens. */
  readonly heardAtMs: number
}

/**
 * What an event has done: which book is another, and which of its metrics (undefined: any of them). `gap`: an event
 * before it is missing, so the state is worth nothing and the stream must be begun anew.
 */
export type Applied =
  | { readonly book: BookState; readonly changed: ReadonlySet<string> | undefined }
  | 'gap'
  | undefined

/** The state that snapshots and what follows them add up to, for all books of a stream. */
export class Scoreboard {
  readonly #books = new Map<string, BookState>()
  /** An alert can be told of before the snapshot of its book. */
  readonly #alerts = new Map<string, Map<string, AlertState>>()
  #now: number | undefined

  get books(): ReadonlyMap<string, BookState> {
    return this.#books
  }

  /** The exporter's T: the newest that was heard. Undefined before the first frame. Not the clock of this machine. */
  get now(): number | undefined {
    return this.#now
  }

  /** Undefined for a book that was not told of. */
  bookOf(of: { readonly strategyId: string; readonly account: string }): BookState | undefined {
    return this.#books.get(keyOf(of))
  }

  apply(event: ScoreboardEvent, nowMs: number): Applied {
    switch (event.kind) {
      case 'snapshot':
        return this.#hold(event, nowMs)
      case 'delta':
        return this.#change(event, nowMs)
      default:
        return this.#alert(event)
    }
  }

  /** A market's session is another than a snapshot said. */
  tellSession(session: SessionState): void {
    for (const [key, book] of this.#books) {
      if (book.session.calendar === session.calendar) this.#books.set(key, { ...book, session })
    }
  }

  /** For how long nothing was heard of a book although the stream has been up since `liveSinceMs`; 0 below the limit. */
  silentMs({ heardAtMs }: BookState, liveSinceMs: number | undefined, nowMs: number): number {
    if (liveSinceMs === undefined) return 0
    const silentMs = nowMs - Math.max(heardAtMs, liveSinceMs)
    return silentMs > SILENT_AFTER_MS ? silentMs : 0
  }

  /** Forgets the books that are there no more, and names them. */
  forgetGone(liveSinceMs: number | undefined, nowMs: number): readonly string[] {
    const gone = [...this.#books.values()].filter((book) => this.silentMs(book, liveSinceMs, nowMs) > GONE_AFTER_MS)
    for (const { key } of gone) {
      this.#books.delete(key)
      this.#alerts.delete(key)
    }
    return gone.map(({ key }) => key)
  }

  /** Forgets everything: another window is asked for. */
  clear(): void {
    this.#books.clear()
    this.#alerts.clear()
    this.#now = undefined
  }

  #hold(event: SnapshotEvent, nowMs: number): Applied {
    const key = keyOf(event)
    if (event.alerts !== undefined) this.#alerts.set(key, new Map(event.alerts.map((one) => [one.alertId, one])))
    const { strategyId, account, strategy, session, groups, metrics, frameSeq, frameAsOf } = event
    const book: BookState = {
      ...{ key, strategyId, account, strategy, session, groups, metrics, frameSeq, frameAsOf },
      alerts: this.#alertsOf(key),
      heardAtMs: nowMs,
    }
    this.#keep(book)
    return { book, changed: undefined }
  }

  #change(event: DeltaEvent, nowMs: number): Applied {
    const before = this.#books.get(keyOf(event))
    if (before === undefined || before.frameSeq !== event.prevFrameSeq) return 'gap'
    const metrics = event.changed.size === 0 ? before.metrics : new Map([...before.metrics, ...event.changed])
    const book: BookState = {
      ...before,
      metrics,
      groups: event.groups ?? before.groups,
      frameSeq: event.frameSeq,
      frameAsOf: event.frameAsOf,
      heardAtMs: nowMs,
    }
    this.#keep(book)
    return { book, changed: new Set(event.changed.keys()) }
  }

  #alert({ kind, alert }: AlertEvent): Applied {
    const key = keyOf(alert)
    const known = this.#alerts.get(key) ?? new Map<string, AlertState>()
    this.#alerts.set(key, known)
    if (kind === 'opened') known.set(alert.alertId, alert)
    else known.delete(alert.alertId)
    const before = this.#books.get(key)
    if (before === undefined) return undefined
    const book = { ...before, alerts: this.#alertsOf(key) }
    this.#books.set(key, book)
    return { book, changed: NONE }
  }

  #alertsOf(key: string): readonly AlertState[] {
    const known = [...(this.#alerts.get(key)?.values() ?? [])]
    return known.sort((a, b) => rank(a) - rank(b) || a.openedAt - b.openedAt)
  }

  #keep(book: BookState): void {
    this.#books.set(book.key, book)
    if (this.#now === undefined || book.frameAsOf > this.#now) this.#now = book.frameAsOf
  }
}

const NONE: ReadonlySet<string> = new Set()
const RANKS: Record<AlertState['severity'], number> = { critical: 0, warning: 1, info: 2 }

function rank({ severity }: AlertState): number {
  return RANKS[severity]
}

function keyOf({ strategyId, account }: { readonly strategyId: string; readonly account: string }): string {
  return JSON.stringify([strategyId, account])
}
