import { DICTIONARY } from '../compute/dictionary.js'
import type { Config } from '../config/config.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { QuantError } from '../domain/errors.js'
import type { FrameSet } from '../domain/frame.js'
import type { Progress } from '../domain/ports.js'
import { type EpochMs, HOUR_MS, toIso } from '../domain/time.js'
import type { Logger } from '../lib/logger.js'
import { Releasers } from '../lib/releasers.js'
import { openStorePool } from '../stores/postgres/client.js'
import { layoutOf } from '../stores/postgres/series-layout.js'
import type { Stretch } from '../stores/series/archive.js'
import { Sampler } from '../stores/series/sampler.js'
import { type Backend, openBackend } from './materialize/series.js'
import { replayDatabase } from './replay.js'

const ROWS_AT_ONCE = 100_000

export interface BackfillOptions {
  readonly config: Config
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly from: EpochMs
  readonly to: EpochMs
  /** Hours that were recomputed with these formulas before are so again. */
  readonly again: boolean
  readonly signal: AbortSignal
  readonly log: Pick<Logger, 'error'>
  readonly onProgress: (progress: Progress) => void
}

export interface Backfilled {
  readonly hours: number
  readonly skippedHours: number
  readonly rows: number
}

/**
 * Recomputes the series of a stretch of the past from the facts as they are now, with the formulas of now, and puts them in
 * the place of what the store had there. Hour by hour: one that is finished is marked, and is not done again by the next run
 * unless it is asked for; one that was interrupted is. Rejects with a QuantError.
 */
export async function backfill(options: BackfillOptions): Promise<Backfilled> {
  const { config } = options
  if (config.series === undefined)
    throw new QuantError(
      'usage',
      'there is no store of series to write to: set QUANT_SERIES_CLICKHOUSE_URL, or QUANT_STORE_DSN',
    )
  const releasers = new Releasers(() => undefined)
  try {
    const pool = config.store && openStorePool(config.store, () => undefined)
    releasers.push('store pool', () => pool?.end())
    const backend = openBackend(config.series, pool, releasers)
    if (backend === undefined) throw new QuantError('usage', 'there is no store of series to write to')
    const { samplingMs } = config.series
    const replay: Replay = (ats) => replayDatabase({ ...options, ats, knownBy: undefined })
    return await recompute(backend, { ...options, samplingMs, replay })
  } finally {
    await releasers.release()
  }
}

/** The frames of instants, ascending, one after the other as they are asked for. */
type Replay = (ats: readonly EpochMs[]) => AsyncGenerator<{ readonly frames: FrameSet }>

type RecomputeOptions = Pick<BackfillOptions, 'calendars' | 'from' | 'to' | 'again' | 'signal' | 'onProgress'> & {
  readonly samplingMs: number
  readonly replay: Replay
}

/** As backfill, with the frames that it is given; they are ended, and what they hold is released, however this ends. */
export async function recompute(
  { archive, encode }: Pick<Backend, 'archive' | 'encode'>,
  { calendars, from, to, again, signal, onProgress, samplingMs, replay }: RecomputeOptions,
): Promise<Backfilled> {
  const { formulaSet } = layoutOf(DICTIONARY)
  const stretches = hoursOf({ from, to })
  const marked = again ? new Set<EpochMs>() : await archive.marked({ from, to }, formulaSet)
  const due = stretches.filter((stretch) => !marked.has(stretch.from))
  let rows = 0
  let done = 0
  const frames = replay(due.flatMap((stretch) => instantsOf(stretch, samplingMs)))
  const sampler = new Sampler({ dictionary: DICTIONARY, calendars, samplingMs })
  try {
    for (const stretch of due) {
      signal.throwIfAborted()
      onProgress({ stage: `series of ${toIso(stretch.from)}`, done, total: due.length })
      // Each hour says everything that holds at its beginning, whatever stands before it.
      sampler.forget()
      const lines: string[] = []
      for (const _at of instantsOf(stretch, samplingMs)) {
        const next = await frames.next()
        if (next.done === true) throw new Error('a replay ended before its instants')
        for (const samples of sampler.sample(next.value.frames)) lines.push(...encode(samples))
      }
      await archive.clear(stretch)
      for (let start = 0; start < lines.length; start += ROWS_AT_ONCE)
        await archive.write(lines.slice(start, start + ROWS_AT_ONCE))
      // A part of an hour says nothing of the rest of it.
      if (stretch.to - stretch.from === HOUR_MS && lines.length > 0) await archive.mark(stretch.from, formulaSet)
      rows += lines.length
      done += 1
    }
  } finally {
    await frames.return(undefined)
  }
  return { hours: due.length, skippedHours: stretches.length - due.length, rows }
}

/** The hours of a stretch; the first and the last may be shorter. */
function hoursOf({ from, to }: Stretch): Stretch[] {
  const hours: Stretch[] = []
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / HOUR_MS) + 1) * HOUR_MS)
    hours.push({ from: start, to: end })
    start = end
  }
  return hours
}

/** The instants at which a live process samples. */
function instantsOf({ from, to }: Stretch, samplingMs: number): EpochMs[] {
  const first = Math.ceil(from / samplingMs) * samplingMs
  return Array.from(
    { length: Math.max(0, Math.ceil((to - first) / samplingMs)) },
    (_, index) => first + index * samplingMs,
  )
}
