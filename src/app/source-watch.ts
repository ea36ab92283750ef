import { type ErrorCode, QuantError } from '../domain/errors.js'
import type { SourceName } from '../domain/ports.js'
import { sourceErrorKind } from '../domain/source-errors.js'
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

  /**
   * Amid a long read its news have been read: they count as soon as they are known. A source that is down is up again only
   * when all of a read has succeeded.
   */
  heard(at: EpochMs): void {
    const { source, selfMetrics } = this.#options
    if (!this.stage.isUp) return
    this.stage.succeeded(at)
    selfMetrics.sourceHeard(source, at)
  }

  /** A read by which the source is known has failed: it is down. */
  failed(at: EpochMs, query: string, error: unknown, tookMs: number): void {
    const { source, selfMetrics, log } = this.#options
    const code = codeOf(error)
    selfMetrics.sourceFailed(source, query, sourceErrorKind(code), tookMs)
    selfMetrics.sourceDown(source)
    if (this.stage.failed(at, code)) log.error('source down', { source, code, error: describeError(error) })
  }

  /** A read beside the polls has failed: an error, but whether the source is up is theirs to say. */
  erred(at: EpochMs, query: string, error: unknown, tookMs: number): void {
    const { source, selfMetrics, log } = this.#options
    const code = codeOf(error)
    selfMetrics.sourceFailed(source, query, sourceErrorKind(code), tookMs)
    this.stage.erred(at, code)
    log.warn('a read beside the polls failed', { source, query, code, error: describeError(error) })
  }
}

function codeOf(error: unknown): ErrorCode | 'internal_error' {
  return error instanceof QuantError ? error.code : 'internal_error'
}
