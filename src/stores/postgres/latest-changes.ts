import type { Calendar, CalendarName } from '../../domain/calendar.js'
import { roundForOutput } from '../../domain/exact.js'
import type { BookFrame, FrameSet } from '../../domain/frame.js'
import { decimalsOf, type MetricDescription } from '../../domain/metric.js'
import { type MetricReading, readMetrics } from '../../domain/reading.js'
import { keptWindowsOf, type SeriesWindow } from '../../domain/series.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { WINDOWS, type Window } from '../../domain/window.js'

/** A row of `quant_metrics_latest`. */
export interface LatestRow {
  readonly strategyId: string
  readonly account: string
  readonly window: SeriesWindow
  readonly metric: MetricDescription
  /** Rounded as everywhere else; null where there is none. */
  readonly value: number | null
  readonly status: string
  readonly reason: string | null
  readonly quality: string
  readonly asOf: EpochMs | undefined
  readonly frameSeq: number
  readonly frameAsOf: EpochMs
}

interface Written {
  /** What the row was made of: nothing of it has changed while these are the same. */
  readonly frameSeq: number
  readonly agesAt: EpochMs
  /** Value, status, reason and quality of each row, by place. */
  readonly texts: (string | undefined)[]
}

/**
 * Remembers what has been written of each book, and tells what has to be written now: rows whose value, status, reason or
 * quality is another. An age is another at every instant, so ages are written once a minute at most.
 */
export class LatestChanges {
  readonly #dictionary: readonly MetricDescription[]
  readonly #calendars: Readonly<Record<CalendarName, Calendar>>
  /** Of each metric and window, the window it is written under. */
  readonly #keptAs: ReadonlyMap<string, ReadonlyMap<Window, SeriesWindow>>
  readonly #written = new Map<string, Written>()

  constructor(dictionary: readonly MetricDescription[], calendars: Readonly<Record<CalendarName, Calendar>>) {
    this.#dictionary = dictionary
    this.#calendars = calendars
    this.#keptAs = new Map(
      dictionary.map((metric) => [
        metric.name,
        new Map(keptWindowsOf(metric).map(({ window, keptAs }) => [window, keptAs])),
      ]),
    )
  }

  /** Everything has to be written again. */
  forget(): void {
    this.#written.clear()
  }

  /**
   * The rows to write for one book. They count as written from now on: who cannot write them has to forget.
   *
   * A book whose `seq` has not moved has no other value, status or quality, and is not looked at before its ages are due.
   */
  of(id: string, frame: BookFrame): readonly LatestRow[] {
    const { at } = frame.stamp
    const before = this.#written.get(id)
    const areAgesDue = before === undefined || at - before.agesAt >= MINUTE_MS
    if (before !== undefined && before.frameSeq === frame.seq && !areAgesDue) return []
    const texts = before?.texts ?? []
    this.#written.set(id, { frameSeq: frame.seq, agesAt: areAgesDue ? at : before.agesAt, texts })
    return this.#rows(frame, areAgesDue)
      .filter(({ place, row }) => {
        const text = `${row.value} ${row.status} ${row.reason} ${row.quality}`
        const isNew = texts[place] !== text
        texts[place] = text
        return isNew
      })
      .map(({ row }) => row)
  }

  /** The ids of books that have been written and are live no more; they are forgotten. */
  gone({ books }: FrameSet): readonly string[] {
    const gone = [...this.#written.keys()].filter((id) => !books.has(id))
    for (const id of gone) this.#written.delete(id)
    return gone
  }

  #rows(frame: BookFrame, withAges: boolean): { place: number; row: LatestRow }[] {
    const clock = { now: frame.stamp.at, calendar: this.#calendars[frame.book.calendar] }
    return WINDOWS.flatMap((window, windowIndex) =>
      readMetrics(frame, window, this.#dictionary, clock).flatMap((reading, index) => {
        const { metric } = reading
        const keptAs = this.#keptAs.get(metric.name)?.get(window)
        if (keptAs === undefined || (metric.readAt !== undefined && !withAges)) return []
        return [{ place: windowIndex * this.#dictionary.length + index, row: rowOf(frame, keptAs, reading) }]
      }),
    )
  }
}

function rowOf(
  frame: BookFrame,
  window: SeriesWindow,
  { metric, result, quality, freshness }: MetricReading,
): LatestRow {
  const decimals = decimalsOf(metric.unit, frame.moneyDecimals)
  return {
    strategyId: frame.book.strategyId,
    account: frame.book.account,
    window,
    metric,
    value: result.status === 'ok' ? roundForOutput(result.value, decimals) : null,
    status: result.status,
    reason: result.status === 'ok' ? null : result.reason,
    quality,
    asOf: freshness.asOf,
    frameSeq: frame.seq,
    frameAsOf: frame.stamp.at,
  }
}
