import type { Watermarks } from '../compute/engine.js'
import type { FrameSet } from '../domain/frame.js'
import type { EpochMs } from '../domain/time.js'
import { describeError } from '../lib/logger.js'
import { inSlices } from '../lib/slices.js'
import { TimeShare } from '../lib/time-share.js'
import { wallNow } from './clock.js'
import { ComputeStages } from './compute-stages.js'
import type { PipelineOptions } from './pipeline-options.js'

/** Between two ticks a book's new facts are shown at once, but not more often than this. */
const EXTRA_FRAME_MS = 250
/** Nor for more than this part of the time: where frames take long, ticks come first, and whoever reads and asks. */
const EXTRA_FRAMES_SHARE = 0.2

export interface TickerOptions
  extends Pick<
    PipelineOptions,
    | ('engine' | 'turn' | 'slices' | 'clock' | 'startAt' | 'periodsMs' | 'tiers' | 'selfMetrics')
    | ('judge' | 'onTick' | 'onFrame' | 'log')
  > {
  /** What the sources know now. */
  readonly watermarks: () => Watermarks
  /** Told of every step of a tick, and of its end. */
  readonly onStep: () => void
  /** Told of the instant of every frame that is out. */
  readonly onShown: (at: EpochMs) => void
  /** Ends a tick that is under way. */
  readonly signal: AbortSignal
}

/** Makes the frames, at ticks and between them, and shows them. */
export class Ticker {
  /** How the tiers are doing. */
  readonly stages: ComputeStages
  readonly #options: TickerOptions
  readonly #extraTime = new TimeShare(EXTRA_FRAMES_SHARE, EXTRA_FRAME_MS)
  #frames: FrameSet | undefined
  #lastTickAt: EpochMs = Number.NEGATIVE_INFINITY
  #lastTickWallAt: EpochMs | undefined
  /** Whether the last tick took longer than its period. */
  #isBehind = false
  #dropped = 0

  constructor(options: TickerOptions) {
    this.#options = options
    const { tiers, periodsMs, clock } = options
    this.stages = new ComputeStages(tiers, periodsMs, clock.speed)
  }

  /** The latest; undefined before the first tick. */
  get frames(): FrameSet | undefined {
    return this.#frames
  }

  /** When the last tick was out, by the machine's clock. */
  get lastTickWallAt(): EpochMs | undefined {
    return this.#lastTickWallAt
  }

  /** Frames that were not made, since the process began. */
  get dropped(): number {
    return this.#dropped
  }

  /** T: that of the clock, and never before the latest frame's. */
  now(): EpochMs {
    return Math.max(this.#options.clock.now(), this.#frames?.stamp.at ?? Number.NEGATIVE_INFINITY)
  }

  /** Judges the ticks before the first one that a policy counts frames of, as far as the process reaches back. */
  async judgePast(hydratedAt: EpochMs): Promise<void> {
    const { clock, periodsMs, judge, startAt } = this.#options
    const firstAt = Math.floor(Math.max(clock.now(), hydratedAt) / periodsMs.light) * periodsMs.light
    for (const at of judge.before(firstAt))
      if (at > startAt)
        await this.#workOut(
          () => at,
          (set) => judge.tick(set),
        )
  }

  /** A tick, unless it has been made when its turn comes. */
  tick(): Promise<void> {
    return this.#workOut(
      () => this.#dueTickAt(this.#options.clock.now()),
      (set, startedMs) => this.#showTick(set, startedMs),
    )
  }

  /** A tick came to nothing. */
  failed(error: unknown): void {
    this.#drop('tick_failed', 1)
    if (this.stages.failed(this.now(), this.#lastTickAt, 'internal_error'))
      this.#options.log.error('tick failed', { error: describeError(error) })
  }

  /**
   * An extra frame for order news; never rejects. A tick that is due comes first and is not waited for: a clock of another
   * moment does not cross its seconds when the loops wake, and until the next wake a second could pass.
   */
  async showAtOnce(): Promise<void> {
    const { clock, signal } = this.#options
    // Where ticks overrun, what they leave is not for more frames.
    if (this.#isBehind || !this.#extraTime.isDue(performance.now())) return
    // T never goes back: where a tick has become due when its turn comes, that shows the news.
    const now = () => {
      const at = clock.now()
      return at > this.#lastTickAt && this.#dueTickAt(at) === undefined ? at : undefined
    }
    try {
      if (this.#dueTickAt(clock.now()) !== undefined) await this.tick()
      await this.#workOut(now, (set, startedMs) => this.#showExtra(set, startedMs), false)
    } catch (error) {
      if (!signal.aborted) this.failed(error)
    }
  }

  #dueTickAt(now: EpochMs): EpochMs | undefined {
    const { light } = this.#options.periodsMs
    const at = Math.floor(now / light) * light
    return at > this.#lastTickAt ? at : undefined
  }

  /**
   * The frames of the instant that `instant` says when its turn comes, worked out in slices; what sources tell meanwhile
   * is taken in when they have been shown.
   */
  #workOut(
    instant: () => EpochMs | undefined,
    show: (set: FrameSet, startedMs: number) => void,
    judges = true,
  ): Promise<void> {
    const { engine, turn, slices, watermarks, onStep, signal } = this.#options
    return turn.tick(async () => {
      const at = instant()
      if (at === undefined) return
      const startedMs = performance.now()
      const set = await inSlices(engine.ticking(at, watermarks(), judges), slices, () => {
        signal.throwIfAborted()
        onStep()
      })
      show(set, startedMs)
    })
  }

  #showTick(set: FrameSet, startedMs: number): void {
    const { engine, clock, periodsMs, selfMetrics, judge, onFrame, onTick, onShown, onStep, log } = this.#options
    const { at } = set.stamp
    const isFirst = this.#lastTickWallAt === undefined
    const skipped = clock.speed === 1 && !isFirst ? (at - this.#lastTickAt) / periodsMs.light - 1 : 0
    if (skipped > 0) this.#drop('tick_skipped', skipped)
    this.#frames = set
    judge.tick(set)
    onFrame(set)
    onTick(set)
    onShown(at)
    for (const { account, kind } of engine.takeNewRebases()) selfMetrics.rebased(account, kind)
    for (const order of engine.takeEndedOrders()) selfMetrics.orderEnded(order)
    const durationMs = performance.now() - startedMs
    this.#isBehind = durationMs > periodsMs.light
    this.#lastTickWallAt = wallNow()
    onStep()
    for (const tier of this.stages.succeeded(at, this.#lastTickAt))
      selfMetrics.tickCompleted(tier, this.#lastTickWallAt, durationMs)
    this.#lastTickAt = at
    if (isFirst) log.info('ready', { books: set.books.size })
  }

  #showExtra(set: FrameSet, startedMs: number): void {
    const { onFrame, onShown } = this.#options
    this.#frames = set
    onFrame(set)
    onShown(set.stamp.at)
    this.#extraTime.spent(startedMs, performance.now())
  }

  #drop(reason: 'tick_failed' | 'tick_skipped', count: number): void {
    this.#dropped += count
    this.#options.selfMetrics.frameDropped(reason, count)
  }
}
