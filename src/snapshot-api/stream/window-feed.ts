import type { BookFrame, FrameSet } from '../../domain/frame.js'
import { type MetricReading, readGroups, readMetrics } from '../../domain/reading.js'
import { toIso } from '../../domain/time.js'
import type { Window } from '../../domain/window.js'
import type { DeltaBody, MetricBody, SnapshotBody } from '../schemas.js'
import { groupBody, metricBody, type SnapshotContext, snapshotBody } from '../snapshot-body.js'

/** At least this often every book is heard of, so that quiet can be told from dead. */
const BEAT_MS = 5_000

/** What of a book its clients hold. */
interface Told {
  /** The frame_seq of the last event. */
  seq: number
  /** Up to which frame_seq nothing else has changed in this window. */
  seenSeq: number
  /** Of each metric what was read last, and its value, status, reason and quality as text. */
  readonly metrics: { reading: MetricReading; text: string }[]
  beatAtMs: number
}

export interface WindowEvent {
  readonly frame: BookFrame
  readonly name: 'quant.metrics.snapshot' | 'quant.metrics.delta'
  readonly body: SnapshotBody | DeltaBody
}

export type FeedContext = Omit<SnapshotContext, 'set' | 'now'>

/** Turns the frames of one window into events: what is another than what was told of a book last. */
export class WindowFeed {
  readonly #window: Window
  readonly #context: FeedContext
  readonly #told = new Map<string, Told>()

  /** What there is counts as told: whoever connects gets it as snapshots. */
  constructor(window: Window, context: FeedContext, set: FrameSet, nowMs: number) {
    this.#window = window
    this.#context = context
    let books = 0
    for (const [id, frame] of set.books) {
      // Not all in one tick.
      books += 1
      this.#remember(id, frame, nowMs - (books % 5) * (BEAT_MS / 5))
    }
  }

  /** The events of a new set of frames, in the order of the books. */
  advance(set: FrameSet, nowMs: number): readonly WindowEvent[] {
    const events: WindowEvent[] = []
    for (const [id, frame] of set.books) {
      const told = this.#told.get(id)
      if (told === undefined) {
        this.#remember(id, frame, nowMs)
        events.push({
          frame,
          name: 'quant.metrics.snapshot',
          body: this.#snapshot(frame, frame.seq, set, frame.stamp.at),
        })
      } else {
        const body = this.#delta(frame, told, nowMs)
        if (body !== undefined) events.push({ frame, name: 'quant.metrics.delta', body })
      }
    }
    for (const id of this.#told.keys()) if (!set.books.has(id)) this.#told.delete(id)
    return events
  }

  /** A book as its clients hold it after the last event; ages are taken at `now`. Undefined for a book that is not live. */
  snapshot(id: string, set: FrameSet, now: number): SnapshotBody | undefined {
    const [frame, told] = [set.books.get(id), this.#told.get(id)]
    return frame === undefined || told === undefined ? undefined : this.#snapshot(frame, told.seq, set, now)
  }

  #snapshot(frame: BookFrame, seq: number, set: FrameSet, now: number): SnapshotBody {
    return { ...snapshotBody(frame, this.#window, {}, { ...this.#context, set, now }), frame_seq: seq }
  }

  #delta(frame: BookFrame, told: Told, nowMs: number): DeltaBody | undefined {
    const isBeat = nowMs - told.beatAtMs >= BEAT_MS
    if (frame.seq === told.seenSeq && !isBeat) return undefined
    told.seenSeq = frame.seq
    const readings = this.#readings(frame)
    const changed = readings.flatMap((reading, index) => {
      const before = told.metrics[index]
      // A result that is carried over is the same object, which is the quickest way to tell.
      if (before?.reading.result === reading.result && before.reading.quality === reading.quality) return []
      const body = metricBody(reading, this.#window, frame.moneyDecimals)
      const text = textOf(body, reading.metric.readAt !== undefined)
      told.metrics[index] = { reading, text }
      return text === before?.text ? [] : [changeOf(body)]
    })
    if (changed.length === 0 && !isBeat) return undefined
    const previous = told.seq
    told.seq = frame.seq
    if (isBeat) told.beatAtMs = nowMs
    return {
      strategy_id: frame.book.strategyId,
      account: frame.book.account,
      window: this.#window,
      frame_seq: frame.seq,
      prev_frame_seq: previous,
      frame_as_of: toIso(frame.stamp.at),
      changed,
      ...(isBeat ? { groups: readGroups(readings).map(groupBody) } : {}),
    }
  }

  #remember(id: string, frame: BookFrame, beatAtMs: number): void {
    const metrics = this.#readings(frame).map((reading) => {
      const body = metricBody(reading, this.#window, frame.moneyDecimals)
      return { reading, text: textOf(body, reading.metric.readAt !== undefined) }
    })
    this.#told.set(id, { seq: frame.seq, seenSeq: frame.seq, metrics, beatAtMs })
  }

  /** Ages are taken at the frame's T. */
  #readings(frame: BookFrame) {
    const { dictionary, calendars } = this.#context
    const clock = { now: frame.stamp.at, calendar: calendars[frame.book.calendar] }
    return readMetrics(frame, this.#window, dictionary, clock)
  }
}

/** Two readings are the same where these are; an age that grows is no change. */
function textOf(metric: MetricBody, isAge: boolean): string {
  const reason = metric.status === 'ok' ? '' : metric.reason
  return `${isAge ? '' : metric.value} ${metric.status} ${reason} ${metric.quality}`
}

function changeOf(metric: MetricBody): DeltaBody['changed'][number] {
  const { metric_name, quality, as_of } = metric
  return metric.status === 'ok'
    ? { metric_name, value: metric.value, status: metric.status, quality: metric.quality, as_of }
    : { metric_name, value: null, status: metric.status, reason: metric.reason, quality, as_of }
}
