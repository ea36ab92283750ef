import { QuantError } from '../domain/errors.js'
import type { SourceName } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import type { SelfMetrics } from '../exporter/self-metrics.js'
import { describeError, type Logger } from '../lib/logger.js'
import { wallNow } from './clock.js'
import { StageStatus } from './stage-status.js'

export interface SourceWatchOptions {
  readonly source: SourceName
  /** How often the source is read when all is well, in milliseconds of T. */
  readonly periodMs: number
  readonly selfMetrics: SelfMetrics
  readonly log: Logger
}

/** Keeps account of a source's reads: its stage, its own metrics, and a line in the log at each change. */
export class SourceWatch {
  readonly stage: StageStatus
  readonly #options: SourceWatchOptions

  constructor(options: SourceWatchOptions) {
    this.#options = options
    this.stage = new StageStatus(`ingest:${options.source}`, options.periodMs)
  }

  succeeded(query: string, at: EpochMs, startedMs: number): void {
    const { source, selfMetrics, log } = this.#options
    selfMetrics.sourceSucceeded(source, query, at, wallNow() - startedMs)
    if (this.stage.succeeded(at)) log.info('source up', { source })
  }

  failed(at: EpochMs, error: unknown): void {
    const { source, selfMetrics, log } = this.#options
    const code = error instanceof QuantError ? error.code : 'internal_error'
    selfMetrics.sourceFailed(source, code)
    if (this.stage.failed(at, code)) log.error('source down', { source, code, error: describeError(error) })
  }
}
