import { COLUMNS } from '../client/columns.js'
import { fieldsOf, MalformedAnswer } from '../client/fields.js'
import { HISTORY_MS, type Point, STEP_MS } from '../client/history.js'
import type { BookState } from '../client/scoreboard.js'
import type { Api } from './api.js'

/** Between two requests: a page that opens leaves the API to others too. */
const PAUSE_MS = 100

interface Earlier {
  readonly key: string
  readonly points: ReadonlyMap<string, readonly Point[]>
}

/**
 * Fetches what the lines showed before the page was opened, one book at a time. Where nothing is kept, or it cannot be read
 * now, lines begin with the page: they are no reason to disturb anybody.
 */
export class EarlierPoints {
  readonly #api: Api
  readonly #window: string
  readonly #signal: AbortSignal
  readonly #onPoints: (earlier: Earlier) => void
  readonly #asked = new Set<string>()
  #queue: BookState[] = []
  #isReading = false

  constructor(api: Api, window: string, signal: AbortSignal, onPoints: (earlier: Earlier) => void) {
    this.#api = api
    this.#window = window
    this.#signal = signal
    this.#onPoints = onPoints
  }

  /** Asks for a book once. */
  want(book: BookState): void {
    if (this.#asked.has(book.key)) return
    this.#asked.add(book.key)
    this.#queue.push(book)
    if (!this.#isReading) void this.#readAll()
  }

  async #readAll(): Promise<void> {
    this.#isReading = true
    try {
      for (let book = this.#queue.shift(); book !== undefined && !this.#signal.aborted; book = this.#queue.shift()) {
        const body = await this.#api.get('/series', queryOf(book, this.#window), this.#signal)
        if (typeof body === 'number') this.#queue = []
        else this.#onPoints({ key: book.key, points: pointsOf(fieldsOf(body.series, 'series'), body.timestamps) })
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    } catch (error) {
      this.#queue = []
      if (error instanceof MalformedAnswer) console.warn(`the past could not be read: ${error.message}`)
      // A TypeError is a connection that failed, which the stream tells of.
      else if (!(error instanceof TypeError) && !this.#signal.aborted) throw error
    } finally {
      this.#isReading = false
    }
  }
}

function queryOf({ strategyId, account, frameAsOf }: BookState, window: string): Record<string, string> {
  return {
    strategy_id: strategyId,
    account,
    window,
    metrics: COLUMNS.map(({ metric }) => metric).join(','),
    from: new Date(frameAsOf - HISTORY_MS).toISOString(),
    to: new Date(frameAsOf).toISOString(),
    step: `${STEP_MS / 1_000}s`,
  }
}

function pointsOf(series: Readonly<Record<string, unknown>>, timestamps: unknown): Map<string, readonly Point[]> {
  if (!Array.isArray(timestamps)) throw new MalformedAnswer('timestamps is no list')
  const instants = timestamps.map((text) => Date.parse(String(text)))
  return new Map(
    COLUMNS.flatMap(({ metric }) => {
      if (series[metric] === undefined) return []
      const { values } = fieldsOf(series[metric], metric)
      if (!Array.isArray(values)) throw new MalformedAnswer(`the values of ${metric} are no list`)
      const points = instants.map((at, index) => {
        const value: unknown = values[index]
        return { at, value: typeof value === 'number' ? value : null }
      })
      return [[metric, points] as const]
    }),
  )
}
