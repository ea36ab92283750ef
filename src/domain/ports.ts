import type { AlertPage, AlertQuery } from './alerts.js'
import type { CalendarName } from './calendar.js'
import type { Fact, FactRejection } from './facts.js'
import type { FrameSet } from './frame.js'
import type { EpochMs } from './time.js'

/** Closes of one symbol, oldest first; the columns belong together by index. */
export interface PriceColumn {
  readonly symbol: string
  readonly ats: readonly EpochMs[]
  readonly closesE8: readonly bigint[]
  /** When the newest of them reached the source's table. */
  readonly newestIngestedAt?: EpochMs
}

/** Signals of one symbol, oldest first: only rows of source `ta`. */
export interface SignalColumn {
  readonly symbol: string
  readonly ats: readonly EpochMs[]
  /** Middle of the quote; 0 where the row has no valid one (bid > 0, ask ≥ bid, spread at most 50 bps). */
  readonly midsE8: readonly bigint[]
  readonly newestIngestedAt?: EpochMs
}

export const FEEDS = ['bars', 'signals'] as const
/** A stream of market data. */
export type Feed = (typeof FEEDS)[number]

/** The minutes (end − 1 min, end] of the UTC grid in which a symbol had an event, as runs of minute ends. */
export interface MinuteRuns {
  readonly symbol: string
  /** (first minute end, last minute end), both in epoch milliseconds; ascending. */
  readonly runs: readonly (readonly [EpochMs, EpochMs])[]
}

/**
 * Where sources put what they read. Called by ingest, in any order, repeats allowed: applying a fact twice is the same
 * as applying it once. Never rejects; what it cannot use it counts.
 */
export interface FactSink {
  apply(facts: readonly Fact[]): void
  applyPrices(columns: readonly PriceColumn[]): void
  applySignals(columns: readonly SignalColumn[]): void
  /** Which minutes of the past had an event; what comes by applyPrices and applySignals counts by itself. */
  applyMinutes(feed: Feed, minutes: readonly MinuteRuns[]): void
  reject(rejections: readonly FactRejection[]): void
}

export interface SymbolPinsDemand {
  /** Ascending; to be read at once, since later ones are put into it. */
  readonly instants: readonly EpochMs[]
  /** Counts instants that came to be known when prices of their time had been asked for: another count, and the symbol's history has to be read again. */
  readonly lateCount: number
}

/** Which prices the books need now. */
export interface PriceDemand {
  /** Symbols whose closes are kept, each with the length of the cells of its older history, in milliseconds. */
  readonly kept: ReadonlyMap<string, number>
  /** Symbols of which only the times of events matter. */
  readonly watched: ReadonlySet<string>
  /** Instants at which a price must be exact even in the thinned past, ascending: a cell ends there as well. */
  readonly pins: readonly EpochMs[]
  /** The same for single symbols. */
  readonly pinsOf?: ReadonlyMap<string, SymbolPinsDemand>
}

export interface Progress {
  readonly stage: string
  readonly done: number
  readonly total: number | undefined
}

export const SOURCE_NAMES = ['postgres', 'clickhouse'] as const
export type SourceName = (typeof SOURCE_NAMES)[number]

/** How one stage of the pipeline is doing: what `/health` and the landing page show. */
export interface StageHealth {
  readonly stage: string
  readonly status: 'ok' | 'degraded' | 'failing' | 'disabled'
  readonly lagSeconds: number | null
  readonly lastSuccessAt: EpochMs | null
  readonly lastErrorAt: EpochMs | null
  readonly lastErrorCode: string | null
  readonly errorsTotal: number
  readonly lastFrameSeq: number | null
  /** Of a store that is only written where something has changed: until when what it holds is right. */
  readonly verifiedAt?: EpochMs | null
}

/** Facts that could not be used, or not as they were meant. */
export interface FactCounts {
  readonly rejected: number
  /** Orders that name no strategy. */
  readonly orphans: number
  /** Orders with a filled quantity whose price is not known yet. */
  readonly waitingForPrice: number
  /** Snapshots whose equity contradicts their own cash and positions: no observation of equity. */
  readonly snapshotsRefused: number
  /** Changes of cash that no record explains, taken for deposits and withdrawals. */
  readonly inferredFlows: number
  /** Where snapshots corrected a ledger: rebases, splits and fees in kind. */
  readonly rebases: number
}

export interface HealthReport {
  /** Whether this process writes to the stores; undefined where there are none. */
  readonly isWriter?: boolean
  readonly status: 'ok' | 'degraded' | 'failing' | 'warming_up' | 'disabled'
  readonly stages: readonly StageHealth[]
  readonly frames: {
    readonly lastAt: EpochMs | null
    readonly missingSeconds: number | null
    readonly droppedTotal: number
  }
  readonly facts: FactCounts
}

export interface StrategySummary {
  readonly strategyId: string
  readonly name: string
  readonly enabled: boolean
  readonly calendar: CalendarName
  readonly accounts: readonly string[]
  readonly firstFactAt: EpochMs | null
  readonly lastFactAt: EpochMs | null
}

/**
 * What the exposition and the API read. All methods answer from memory at once and never throw; `frames()` is undefined
 * while warming up or disabled.
 */
export interface FrameReader {
  state(): 'disabled' | 'warming_up' | 'ready' | 'stopping'
  frames(): FrameSet | undefined
  strategies(): readonly StrategySummary[]
  health(): HealthReport
  /** T: the instant that ages are taken against. */
  now(): EpochMs
  /** True when a tick has completed within the last minute: the answer of /healthz. */
  alive(): boolean
}

/** What the stores hold, of all shards: what can be answered before the first frame. Methods reject with a QuantError. */
export interface StoredReader {
  strategies(): Promise<readonly StrategySummary[]>
  alerts(query: AlertQuery): Promise<AlertPage>
}
