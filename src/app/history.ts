import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { HydrationStart } from '../domain/checkpoint.js'
import { QuantError } from '../domain/errors.js'
import { historyFrom } from '../domain/history.js'
import type { Progress } from '../domain/ports.js'
import type { Clock, EpochMs } from '../domain/time.js'
import type { TorghutSource } from '../ingest/postgres/torghut-source.js'
import { Backoff } from '../lib/backoff.js'
import { realSleep } from '../lib/loop.js'
import { wallNow } from './clock.js'

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 10_000

export interface HistoryOptions {
  readonly torghut: TorghutSource
  readonly clock: Clock
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly signal: AbortSignal
  readonly random: () => number
  /** What to begin with instead of the first row, where there is anything. */
  readonly start?: HydrationStart | undefined
  readonly onPositions: () => Promise<void> | void
  readonly onProgress: (progress: Progress) => void
  readonly onFailure: (error: unknown, tookMs: number) => void
}

/** Reads the trading database's history, again and again until it is read; T of the read, undefined when aborted. */
export async function readHistory(options: HistoryOptions): Promise<EpochMs | undefined> {
  const { torghut, clock, calendars, signal, random, onFailure } = options
  const backoff = new Backoff({ firstMs: FIRST_RETRY_MS, longestMs: LONGEST_RETRY_MS, random })
  let { start } = options
  while (!signal.aborted) {
    const at = clock.now()
    const startedMs = wallNow()
    try {
      await torghut.hydrate(at, { ...options, start, historyFrom: historyFrom(calendars, at) })
      return at
    } catch (error) {
      if (signal.aborted) return undefined
      onFailure(error, wallNow() - startedMs)
      // To look at all that a checkpoint stands for may take longer than a statement may; pieces of all rows do not.
      if (error instanceof QuantError && error.code === 'source_timeout') start = undefined
      await realSleep(backoff.next(), signal)
    }
  }
  return undefined
}
