import type { Calendar, CalendarName } from '../domain/calendar.js'
import { historyFrom } from '../domain/history.js'
import type { Progress } from '../domain/ports.js'
import type { Clock, EpochMs } from '../domain/time.js'
import type { TorghutSource } from '../ingest/postgres/torghut-source.js'
import { realSleep } from '../lib/loop.js'

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 10_000

export interface HistoryOptions {
  readonly torghut: TorghutSource
  readonly clock: Clock
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly signal: AbortSignal
  readonly onPositions: () => Promise<void> | void
  readonly onProgress: (progress: Progress) => void
  readonly onFailure: (error: unknown) => void
}

/** Reads the trading database's history, again and again until it is read; T of the read, undefined when aborted. */
export async function readHistory(options: HistoryOptions): Promise<EpochMs | undefined> {
  const { torghut, clock, calendars, signal, onFailure } = options
  for (let retryMs = FIRST_RETRY_MS; !signal.aborted; retryMs = Math.min(LONGEST_RETRY_MS, 2 * retryMs)) {
    const at = clock.now()
    try {
      await torghut.hydrate(at, { ...options, historyFrom: historyFrom(calendars, at) })
      return at
    } catch (error) {
      if (signal.aborted) return undefined
      onFailure(error)
      await realSleep(retryMs, signal)
    }
  }
  return undefined
}
