import type { BookFrame, FrameSet } from '../../domain/frame.js'
import type { MetricResult, Quality, Reason } from '../../domain/metric.js'
import { type MetricReading, readGroups, readMetrics } from '../../domain/reading.js'
import { toIso } from '../../domain/time.js'
import type { Window } from '../../domain/window.js'
import { isoOrNull } from '../iso-or-null.js'
import type { DeltaBody, SnapshotBody } from '../schemas.js'
import { groupBody, type SnapshotContext, shownValue, snapshotBody } from '../snapshot-body.js'

/** At least this often every book is heard of, so that quiet can be told from dead. */
const BEAT_MS = 5_000

/** What was told of a metric: two readings are the same where value, reason and quality are, which tells the status. */
interface ToldMetric {
  readonly result: MetricResult
  /** Rounded; null where there is none, and of an age, since one that grows is no change. */
  readonly value: number | null
  readonly reason: Reason | undefined
  readonly quality: Quality
}

/** What of a book its clients hold. */
interface Told {
  /** The frame_seq of the last event. */
  seq: number
  /** Up to which frame_seq nothing else has changed in this window. */
  seenSeq: number
  readonly metrics: ToldMetric[]
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
    const changed: DeltaBody['changed'] = []
    for (const [index, reading] of readings.entries()) {
      const before = told.metrics[index]
      // A result that is carried over is the same object, which is the quickest way to tell.
      if (before?.result === reading.result && before.quality === reading.quality) continue
      const now = toldOf(reading, frame.moneyDecimals)
      told.metrics[index] = now
      if (before?.value !== now.value || before.reason !== now.reason || before.quality !== now.quality)
        changed.push(changeOf(reading, frame.moneyDecimals))
    }
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
    const metrics = this.#readings(frame).map((reading) => toldOf(reading, frame.moneyDecimals))
    this.#told.set(id, { seq: frame.seq, seenSeq: frame.seq, metrics, beatAtMs })
  }

  /** Ages are taken at the frame's T. */
  #readings(frame: BookFrame) {
    const { dictionary, calendars } = this.#context
    const clock = { now: frame.stamp.at, calendar: calendars[frame.book.calendar] }
    return readMetrics(frame, this.#window, dictionary, clock)
  }
}

function toldOf({ metric, result, quality }: MetricReading, moneyDecimals: number): ToldMetric {
  if (result.status !== 'ok') return { result, value: null, reason: result.reason, quality }
  const value = metric.readAt === undefined ? shownValue(metric, result.value, moneyDecimals) : null
  return { result, value, reason: undefined, quality }
}

function changeOf(
  { metric, result, quality, freshness }: MetricReading,
  moneyDecimals: number,
): DeltaBody['changed'][number] {
  const common = { metric_name: metric.name, as_of: isoOrNull(freshness.asOf) }
  return result.status === 'ok'
    ? {
        ...common,
        value: shownValue(metric, result.value, moneyDecimals),
        status: result.status,
        quality: quality === 'stale' ? quality : 'good',
      }
    : { ...common, value: null, status: result.status, reason: result.reason, quality }
}
