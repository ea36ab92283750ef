import { setTimeout as sleep } from 'node:timers/promises'
import { createHeldClock, type HeldClock } from '../../src/app/clock.js'
import type { SourceName } from '../../src/domain/ports.js'
import { type EpochMs, SECOND_MS } from '../../src/domain/time.js'
import type { Simulator } from '../../src/simulator/simulation.js'
import type { HealthBody, SnapshotBody } from '../../src/snapshot-api/schemas.js'
import { expectSameFrames } from './engine.js'
import { framesAt, startExporter, type TestExporter } from './exporter.js'
import { until } from './until.js'

/** How long a fault lasts; the limits of the exporter are those of LIMITS, so that several fall into it. */
const PAUSE_MS = 5_000
/** A long wait says nothing about speed: it is there so that a suite on a busy machine ends. */
const PATIENCE_MS = 90_000

/** Where it is not the matter how long an answer takes. */
export const PATIENT = { TORGHUT_DB_TIMEOUT_MS: '20000', CH_TIMEOUT_MS: '20000' }
/** Bars and fills come in bursts of about this, well within the overlap of polls. */
const WRITE_EVERY_MS = 2_000
/** At whole multiples of it all tiers are of T: then a frame can be compared with that of a process that starts. */
const ALL_TIERS_MS = 10_000
/** Within this every table has been looked at. */
const SLOW_POLLS_MS = 2_000

const LIMITS = {
  JANGAR_TORGHUT_QUANT_MAX_STALENESS_SECONDS: '2',
  JANGAR_TORGHUT_QUANT_HEAVY_COMPUTE_INTERVAL_MS: '10000',
  // None: what polls miss is to be seen, and not made good behind them.
  QUANT_RECONCILE_INTERVAL_SECONDS: '86400',
  // Writing stands still while frames are compared, and on a busy machine that takes a while.
  QUANT_POLL_OVERLAP_SECONDS: '120',
}

/** Waits for a condition that costs a request or two, and so is not asked for all the time. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  await until(condition, PATIENCE_MS, 200)
}

/** A clock that runs from a moment, half a second off the machine's, so that no second of T is near one of the loops'. */
export async function liveClock(startAt: EpochMs): Promise<HeldClock> {
  const clock = createHeldClock({ startAt, speed: 1 })
  await sleep((SECOND_MS + SECOND_MS / 2 - (Date.now() % SECOND_MS)) % SECOND_MS)
  clock.release()
  return clock
}

/** A trading system that writes what happens as it happens. */
export class Trading {
  readonly #simulator: Simulator
  readonly #clock: HeldClock
  #timer: NodeJS.Timeout | undefined
  #isWriting = false

  constructor(simulator: Simulator, clock: HeldClock) {
    this.#simulator = simulator
    this.#clock = clock
  }

  begin(): void {
    this.#timer ??= setInterval(() => {
      // One at a time: where writing takes long, the next one writes more instead of waiting in a queue.
      if (this.#isWriting) return
      this.#isWriting = true
      const done = () => {
        this.#isWriting = false
      }
      // A fault may keep the writer out as well: the next one writes what is missing, and the last one has to succeed.
      this.#write().then(done, done)
    }, WRITE_EVERY_MS)
  }

  /** Writes what has happened, and nothing any more; gives the instant up to which all is there. */
  async pause(): Promise<EpochMs> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#write()
    return this.#clock.now()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#simulator.stop()
  }

  #write(): Promise<void> {
    return this.#simulator.advanceTo(this.#clock.now())
  }
}

export interface Fault {
  begin(): Promise<unknown>
  end(): Promise<unknown>
}

/** An exporter beside a trading system that goes on, and questions to it from outside. */
export class Rehearsal {
  readonly #environment: Readonly<Record<string, string>>
  readonly #healthy: Readonly<Record<string, string>>
  readonly #clock: HeldClock
  readonly #trading: Trading
  #exporter: TestExporter | undefined

  /** `environment` leads through the faults, `healthy` past them and with patience. */
  constructor(parts: {
    readonly environment: Readonly<Record<string, string>>
    readonly healthy: Readonly<Record<string, string>>
    readonly clock: HeldClock
    readonly trading: Trading
  }) {
    this.#environment = { ...LIMITS, ...parts.environment }
    this.#healthy = { ...parts.healthy, ...LIMITS, ...PATIENT }
    this.#clock = parts.clock
    this.#trading = parts.trading
  }

  /** Jitter is at its smallest, so that what is waited for comes soon. */
  async start(): Promise<TestExporter> {
    this.#exporter = await startExporter(this.#environment, this.#clock, { random: () => 0 })
    return this.#exporter
  }

  async stop(): Promise<void> {
    await this.#exporter?.stop()
    this.#exporter = undefined
  }

  get exporter(): TestExporter {
    if (this.#exporter === undefined) throw new Error('start it first')
    return this.#exporter
  }

  async health(): Promise<HealthBody> {
    const base = `${this.exporter.urls.api}/api/torghut/trading/control-plane/quant`
    return (await (await fetch(`${base}/health`)).json()) as HealthBody
  }

  async stage(name: string): Promise<HealthBody['stages'][number] | undefined> {
    return (await this.health()).stages.find(({ stage }) => stage === name)
  }

  /** The value of a series of the exporter's own, by its text up to the label `shard`; undefined where there is none. */
  async gauge(series: string): Promise<number | undefined> {
    const text = await (await fetch(`${this.exporter.urls.metrics}/metrics`)).text()
    const line = text.split('\n').find((some) => some.startsWith(`${series.replace(/}$/, ',')}shard="0"}`))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }

  errors(source: SourceName, kind: string): Promise<number | undefined> {
    return this.gauge(`quant_source_errors_total{source="${source}",kind="${kind}"}`)
  }

  up(source: SourceName): Promise<number | undefined> {
    return this.gauge(`quant_source_up{source="${source}"}`)
  }

  /** Waits until a source is up, or down. */
  async until(source: SourceName, up: 0 | 1): Promise<void> {
    await eventually(async () => (await this.up(source)) === up)
  }

  /** The quality of a metric of the first book, as /snapshot has it. */
  async qualityOf(metric: string): Promise<string | undefined> {
    const [strategy] = this.exporter.reader.strategies()
    const base = `${this.exporter.urls.api}/api/torghut/trading/control-plane/quant`
    const query = `strategy_id=${strategy?.strategyId}&account=${strategy?.accounts[0]}&metrics=${metric}`
    const { metrics } = (await (await fetch(`${base}/snapshot?${query}`)).json()) as SnapshotBody
    return metrics[0]?.quality
  }

  /** Ticks that failed, by the counter that operators see. */
  async failedTicks(): Promise<number> {
    return (await this.gauge('quant_frames_dropped_total{reason="tick_failed"}')) ?? Number.NaN
  }

  /**
   * Holds a fault for PAUSE_MS while the trading system goes on, and gives what was seen of frames meanwhile;
   * then ends it and waits until the source is up again.
   */
  async outage(source: SourceName, fault: Fault & { during(): Promise<void> }): Promise<Watched> {
    await this.until(source, 1)
    const beganAt = performance.now()
    const instants = new Set<EpochMs>()
    let [lastLookMs, longestPauseMs] = [beganAt, 0]
    const watching = setInterval(() => {
      const lookMs = performance.now()
      longestPauseMs = Math.max(longestPauseMs, lookMs - lastLookMs)
      lastLookMs = lookMs
      const at = this.#exporter?.reader.frames()?.stamp.at
      if (at !== undefined) instants.add(at)
    }, 50)
    try {
      await fault.begin()
      await this.until(source, 0)
      await fault.during()
      await sleep(Math.max(0, PAUSE_MS - (performance.now() - beganAt)))
    } finally {
      await fault.end()
      clearInterval(watching)
    }
    await this.until(source, 1)
    return { instants: [...instants].filter((at) => at % SECOND_MS === 0), longestPauseMs }
  }

  /**
   * Frames are those of a process that starts now, over the very same tables. The exporter ends here.
   *
   * A frame is of an instant, and what both sides read for it must be all of it: writing has stopped, and the frame is
   * the first whose sources have answered since.
   */
  async expectNoGap(): Promise<void> {
    const writtenAt = await this.#trading.pause()
    const { reader } = this.exporter
    const isComplete = () => {
      const stamp = reader.frames()?.stamp
      const since = Math.min(stamp?.ordersAsOf ?? 0, stamp?.feedsAsOf ?? 0)
      return since > writtenAt + SLOW_POLLS_MS && stamp !== undefined && stamp.at % ALL_TIERS_MS === 0
    }
    await eventually(isComplete)
    const frames = reader.frames()
    if (frames === undefined) throw new Error('there is no frame')
    expect(frames.books.size).toBeGreaterThanOrEqual(5)
    // One reader of a cold history at a time.
    await this.stop()
    expectSameFrames(frames, await framesAt(this.#healthy, frames.stamp.at))
    this.#trading.begin()
  }
}

export interface Expected {
  readonly source: SourceName
  /** As in quant_source_errors_total, and as in /health. */
  readonly kind: string
  readonly code: string
  /** What /health says of the whole. */
  readonly whole: HealthBody['status']
  /** A metric that rests on the source, and what its last good value becomes while the outage lasts. */
  readonly metric: string
  readonly quality: 'stale' | 'good'
}

/**
 * An outage as an operator sees it: told by kind and by stage, the other source and the ticks as before, probes and the
 * last good frames still there. Whether anything is missing afterwards, `expectNoGap` tells after any number of them.
 */
export async function rehearse(
  rehearsal: Rehearsal,
  { source, kind, code, whole, metric, quality }: Expected,
  fault: Fault,
): Promise<void> {
  const other = source === 'postgres' ? 'clickhouse' : 'postgres'
  await rehearsal.until(source, 1)
  const [errors = Number.NaN, failed, elsewhere] = [
    await rehearsal.errors(source, kind),
    await rehearsal.failedTicks(),
    (await rehearsal.stage(`ingest:${other}`))?.errors_total,
  ]
  const watched = await rehearsal.outage(source, {
    ...fault,
    during: async () => {
      await eventually(async () => ((await rehearsal.errors(source, kind)) ?? 0) > errors)
      await eventually(async () => {
        const { status, stages } = await rehearsal.health()
        const stage = stages.find((some) => some.stage === `ingest:${source}`)
        return status === whole && stage?.status === 'failing' && stage.last_error_code === code
      })
      expect(await rehearsal.stage(`ingest:${other}`)).toMatchObject({ errors_total: elsewhere })
      expect(await rehearsal.stage('compute:light')).toMatchObject({ errors_total: 0 })
      expect(await rehearsal.up(other)).toBe(1)
      const { urls } = rehearsal.exporter
      for (const probe of ['readyz', 'healthz']) expect((await fetch(`${urls.api}/${probe}`)).status).toBe(200)
      await eventually(async () => (await rehearsal.qualityOf(metric)) === quality)
    },
  })
  expectTicksOnTime(watched)
  expect(await rehearsal.failedTicks()).toBe(failed)
}

/** What was seen of the frames of a while. */
interface Watched {
  readonly instants: readonly EpochMs[]
  /** The longest time in which the whole process, this test included, got no turn: a busy machine's doing. */
  readonly longestPauseMs: number
}

/** No tick was late by more than one period: of two seconds in a row in which the process ran one has a frame. */
function expectTicksOnTime({ instants, longestPauseMs }: Watched): void {
  const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? at))
  expect(instants.length).toBeGreaterThanOrEqual(3)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * SECOND_MS + longestPauseMs)
}
