import { setTimeout as timeout } from 'node:timers/promises'
import type pg from 'pg'
import { DICTIONARY } from '../compute/dictionary.js'
import type { Config } from '../config/config.js'
import type { AlertEpisode } from '../domain/alerts.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { FrameSet } from '../domain/frame.js'
import { TIERS } from '../domain/metric.js'
import type { StrategySummary } from '../domain/ports.js'
import type { ShardOwnership } from '../domain/shards.js'
import type { EpochMs } from '../domain/time.js'
import { describeError, type Logger } from '../lib/logger.js'
import { Loop } from '../lib/loop.js'
import type { Releasers } from '../lib/releasers.js'
import { PolicyEvaluator } from '../policy/evaluator.js'
import { openAlerts } from '../stores/postgres/alerts.js'
import { monotonicMs, wallNow } from './clock.js'
import type { JudgedAlerts } from './materialize/alert-rows.js'
import type { Judge } from './pipeline-options.js'

/** How often is looked whether frames come at all. */
const WATCH_MS = 1_000
/** How long the first tick waits for the store to say what was open before. */
const MEMORY_WAIT_MS = 5_000
const MEMORY_RETRY_MS = 250

export interface PolicyOptions {
  readonly config: Config
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly releasers: Releasers
  readonly log: Logger
  readonly random: () => number
  readonly ownership: ShardOwnership
  /** Of the store that remembers episodes; undefined where there is none. */
  readonly pool: pg.Pool | undefined
  readonly strategies: () => readonly StrategySummary[]
  readonly now: () => EpochMs
  readonly lastTickWallAt: () => EpochMs | undefined
  /** Told of every episode that opens or ends, unless it is in shadow. Never throws. */
  readonly onNews: (episode: AlertEpisode) => void
}

export interface RunningPolicy {
  readonly evaluator: PolicyEvaluator
  readonly judge: Judge
  /** What a store writes. */
  readonly alerts: JudgedAlerts
  /** Begins to ask the store what was open before, and to watch whether frames come. */
  start(): void
}

/** The alert policy of a running process: it judges each tick, and whether ticks come. */
export function createPolicy(options: PolicyOptions): RunningPolicy {
  const { config, calendars, releasers, log, random, now, lastTickWallAt, onNews } = options
  const evaluator = new PolicyEvaluator({
    dictionary: DICTIONARY,
    calendars,
    periodsMs: config.periodsMs,
    settings: config.policy,
    isShadow: !config.areAlertsEnabled,
    onNews: (episode) => {
      if (config.areAlertsEnabled) onNews(episode)
    },
    runbookUrl: (alert) => `${config.runbooksUrl}/${alert}.md`,
  })
  const abort = new AbortController()
  let memory: Promise<void> | undefined
  const watch = new Loop({
    ...{ periodMs: WATCH_MS, random },
    run: async () => {
      const tickedAt = lastTickWallAt()
      if (tickedAt !== undefined) evaluator.watch(now(), wallNow() - tickedAt)
    },
    onError: (error) => log.error('the age of frames could not be judged', { error: describeError(error) }),
  })
  releasers.push('policy', async () => {
    abort.abort()
    await watch.stop()
    await memory
  })
  return {
    evaluator,
    judge: createJudge(evaluator, options, () => memory ?? Promise.resolve()),
    alerts: {
      open: () => evaluator.board.open(),
      resolved: () => evaluator.board.resolved(),
      get hasMemory() {
        return evaluator.hasMemory
      },
      remember: (episodes) => evaluator.remember(episodes),
    },
    start() {
      memory ??= remember(evaluator, options, abort.signal)
      watch.start()
    },
  }
}

function createJudge(evaluator: PolicyEvaluator, options: PolicyOptions, ready: () => Promise<void>): Judge {
  const { config, log, strategies } = options
  const { medium } = config.periodsMs
  let enabled: ReadonlySet<string> = new Set()
  let askedAt = Number.NEGATIVE_INFINITY
  let hasFailed = false
  const askStrategies = (at: EpochMs) => {
    if (at - askedAt < medium) return
    askedAt = at
    const all = strategies()
    enabled = new Set(all.filter((strategy) => strategy.enabled).map(({ strategyId }) => strategyId))
    const unmatched = evaluator.compareOverrides(all)
    if (unmatched !== undefined && unmatched.length > 0)
      log.warn('limits are set for what is not known: no such strategy, account or book', {
        overrides: unmatched.join(', '),
      })
  }
  return {
    ready,
    before(firstAt) {
      evaluator.beginAt(firstAt)
      const back = (period: number, frames: number) =>
        Array.from({ length: frames - 1 }, (_, index) => Math.floor(firstAt / period) * period - (index + 1) * period)
      const instants = TIERS.flatMap((tier) => back(config.periodsMs[tier], evaluator.mostFramesOf(tier)))
      return [...new Set(instants)].sort((a, b) => a - b)
    },
    tick(frames: FrameSet) {
      try {
        askStrategies(frames.stamp.at)
        evaluator.tick(frames, (strategyId) => enabled.has(strategyId))
        hasFailed = false
      } catch (error) {
        if (!hasFailed) log.error('policies could not be judged', { error: describeError(error) })
        hasFailed = true
      }
    },
  }
}

/** Asks the store what was open before; a store that is slow or down is not waited for long. */
async function remember(
  evaluator: PolicyEvaluator,
  { pool, ownership, log }: PolicyOptions,
  signal: AbortSignal,
): Promise<void> {
  if (pool === undefined) return
  const startedMs = monotonicMs()
  for (;;) {
    try {
      const episodes = await openAlerts(async (text, values = []) => (await pool.query(text, [...values])).rows)
      if (!evaluator.hasMemory) evaluator.remember(episodes.filter((episode) => ownership.owns(episode)))
      return
    } catch (error) {
      if (signal.aborted) return
      if (monotonicMs() - startedMs > MEMORY_WAIT_MS) {
        log.warn('which alerts were open before is not known yet: the store does not answer', {
          error: describeError(error),
        })
        return
      }
      await timeout(MEMORY_RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}
