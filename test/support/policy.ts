import { DICTIONARY } from '../../src/compute/dictionary.js'
import { bookId } from '../../src/domain/book.js'
import { createCalendars } from '../../src/domain/calendars.js'
import type { BookFrame, FrameSet } from '../../src/domain/frame.js'
import type { MetricResult } from '../../src/domain/metric.js'
import type { EpochMs } from '../../src/domain/time.js'
import { PolicyEvaluator } from '../../src/policy/evaluator.js'
import type { PolicySettings } from '../../src/policy/limits.js'
import { at, bookFrame, type FrameParts } from './frames.js'

/** Half a minute after a whole minute, so that all tiers tick there; a Tuesday in session. */
export const TICK = at('2026-03-10T16:00:30.000Z')
export const PERIODS = { light: 1_000, medium: 5_000, heavy: 30_000 }
export const CALENDARS = createCalendars()

export const NO_SETTINGS: PolicySettings = {
  defaults: {},
  environment: {},
  accounts: new Map(),
  strategies: new Map(),
}

/** Values that no default limit minds. */
const QUIET: Readonly<Record<string, MetricResult>> = {
  max_drawdown: { status: 'ok', value: 0.01 },
  sharpe_annualized: { status: 'ok', value: 1 },
  slippage_bps_vs_mid: { status: 'ok', value: 3, meta: { n: 20, coverage: 1 } },
  reject_rate: { status: 'ok', value: 0, meta: { n: 20, rejected: 0 } },
  route_fallback_rate: { status: 'ok', value: 0, meta: { n: 20 } },
  leverage_gross_over_equity: { status: 'ok', value: 1 },
  gross_exposure: { status: 'ok', value: 100_000 },
  position_concentration_top1_pct: { status: 'ok', value: 20 },
  var_95_historical: { status: 'ok', value: 0.001 },
  context_freshness_seconds: { status: 'ok', value: 30 },
  pnl_reconciliation_gap: { status: 'ok', value: 0 },
  equity: { status: 'ok', value: 100_000 },
}

const AGES = ['ta_freshness_seconds', 'metrics_pipeline_lag_seconds']

/** A book at an instant: quiet, save what is given. */
export function judgedFrame(now: EpochMs, parts: FrameParts = {}): BookFrame {
  const feed = { newestAt: now - 1_000, ingestedAt: undefined }
  return bookFrame({
    ...parts,
    dictionary: DICTIONARY,
    ages: AGES,
    results: { ...QUIET, ...parts.results },
    instants: { bars: feed, signals: feed, reviewedAt: now - 60_000, ...parts.instants },
    stamp: { at: now, ordersAsOf: now, feedsAsOf: now, startedAt: now, ...parts.stamp },
  })
}

export function judgedSet(now: EpochMs, frames: readonly BookFrame[]): FrameSet {
  const stamp = frames[0]?.stamp ?? judgedFrame(now).stamp
  return {
    stamp: { ...stamp, at: now },
    formulaSet: 'f0f1f2f3f4f5f6f7',
    books: new Map(frames.map((frame) => [bookId(frame.book), frame])),
    accounts: new Map(),
  }
}

export interface EvaluatorParts {
  readonly settings?: Partial<PolicySettings>
  readonly isShadow?: boolean
}

export function evaluatorOf({ settings = {}, isShadow = false }: EvaluatorParts = {}): PolicyEvaluator {
  return new PolicyEvaluator({
    dictionary: DICTIONARY,
    calendars: CALENDARS,
    periodsMs: PERIODS,
    settings: { ...NO_SETTINGS, ...settings },
    isShadow,
    runbookUrl: (alert) => `docs/runbooks/${alert}.md`,
  })
}

/** What a frame of an instant says. */
export type Says = (now: EpochMs) => FrameParts

export const quiet: Says = () => ({})

/** These results, whenever. */
export function says(results: NonNullable<FrameParts['results']>): Says {
  return () => ({ results })
}

/** A book that is told frame by frame. */
export class Told {
  readonly evaluator: PolicyEvaluator
  now: EpochMs
  isEnabled = true
  readonly #common: FrameParts

  constructor({ from = TICK, parts = {}, ...rest }: EvaluatorParts & { from?: EpochMs; parts?: FrameParts } = {}) {
    this.evaluator = evaluatorOf(rest)
    // It is known that nothing was open before, so nothing opens as of the start.
    this.evaluator.remember([])
    this.now = from - 1_000
    this.#common = parts
  }

  /** So many ticks, a second apart unless told otherwise. */
  tick(what: Says = quiet, count = 1, periodMs = 1_000): this {
    for (let done = 0; done < count; done += 1) {
      this.now += periodMs
      const frame = judgedFrame(this.now, { ...this.#common, ...what(this.now) })
      this.evaluator.tick(judgedSet(this.now, [frame]), () => this.isEnabled)
    }
    return this
  }

  /** The policies that are open. */
  get open(): string[] {
    return this.evaluator.board.open().map(({ policy }) => policy)
  }

  /** Why the last episode that is over ended. */
  get reason(): string | undefined {
    return this.evaluator.board.resolved().at(-1)?.resolved?.reason
  }

  reading(policy: string) {
    const id = bookId(judgedFrame(this.now, this.#common).book)
    return this.evaluator.readings(id).find((reading) => reading.policy === policy)
  }
}

export function ok(value: number, meta?: MetricResult['meta']): MetricResult {
  return meta === undefined ? { status: 'ok', value } : { status: 'ok', value, meta }
}
