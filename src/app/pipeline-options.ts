import type { Engine } from '../compute/engine.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { FrameSet } from '../domain/frame.js'
import type { Tier } from '../domain/metric.js'
import type { Progress, SourceName, StageHealth } from '../domain/ports.js'
import type { Clock, EpochMs } from '../domain/time.js'
import type { SelfMetrics } from '../exporter/self-metrics.js'
import type { MarketSource } from '../ingest/clickhouse/market-source.js'
import type { TorghutSource } from '../ingest/postgres/torghut-source.js'
import type { Logger } from '../lib/logger.js'
import type { SliceOptions } from '../lib/slices.js'
import type { LedgerCheckpoints } from './checkpoints/ledger-checkpoints.js'
import type { TickTurn } from './tick-turn.js'

export interface PipelineOptions {
  readonly engine: Engine
  /** Of whoever uses this engine. */
  readonly turn: TickTurn
  readonly slices: SliceOptions
  readonly clock: Clock
  /** T when the engine was made: it cannot be asked about earlier instants. */
  readonly startAt: EpochMs
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly periodsMs: Readonly<Record<Tier, number>>
  readonly tiers: readonly Tier[]
  readonly pollIntervalMs: number
  readonly slowPollIntervalMs: number
  readonly reconcileIntervalMs: number
  readonly maxStalenessMs: number
  readonly torghut: TorghutSource
  readonly market: MarketSource | undefined
  readonly selfMetrics: SelfMetrics
  readonly log: Logger
  /** From 0 to 1: the jitter of waits between attempts. */
  readonly random: () => number
  /** How the stores are doing, and whether this process writes to them; undefined where there are none. */
  readonly storesHealth: (now: EpochMs) => {
    readonly stages: readonly StageHealth[]
    readonly isWriter: boolean | undefined
  }
  readonly onProgress: (progress: Progress) => void
  readonly judge: Judge
  /** What a start may begin with, and leaves for the next; undefined where nothing is kept. */
  readonly checkpoints?: LedgerCheckpoints | undefined
  /** Told of the frames of each tick; returns at once. */
  readonly onTick: (frames: FrameSet) => void
  /** Told of the frames of each tick and of those between them; returns at once. */
  readonly onFrame: (frames: FrameSet) => void
  /** Told of each complete read of a source. */
  readonly onAnswer: (source: SourceName, completeTo: EpochMs) => void
}

/** Who judges frames by the alert policy: before everybody else, so that what is told of a frame has its alerts. */
export interface Judge {
  /** Resolves when the first tick may be judged; never rejects. */
  ready(): Promise<void>
  /** Which instants before the first tick have to be judged too, ascending. */
  before(firstAt: EpochMs): readonly EpochMs[]
  /** Judges the frames of a tick; never throws. */
  tick(frames: FrameSet): void
}
