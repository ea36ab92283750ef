import { type Engine, FINE_HISTORY_MS, type Watermarks } from '../compute/engine.js'
import { Replayer } from '../compute/replay/replayer.js'
import type { Config } from '../config/config.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { QuantError } from '../domain/errors.js'
import type { Explanation, ExplanationQuestion } from '../domain/explanation.js'
import type { Fact } from '../domain/facts.js'
import type { FrameSet } from '../domain/frame.js'
import { historyFrom } from '../domain/history.js'
import type { Progress, StrategySummary } from '../domain/ports.js'
import { type EpochMs, toIso } from '../domain/time.js'
import { factFilesAt, readFactFile } from '../fact-files/fact-reader.js'
import type { MarketSource } from '../ingest/clickhouse/market-source.js'
import type { Logger } from '../lib/logger.js'
import { createEngine } from './create-engine.js'
import { FactInput } from './fact-input.js'
import { openSources } from './open-sources.js'
import { watermarksOf } from './watermarks.js'

export interface ReplayOptions {
  readonly config: Config
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** Ascending. */
  readonly ats: readonly EpochMs[]
  readonly knownBy: EpochMs | undefined
  readonly signal: AbortSignal
  readonly log: Pick<Logger, 'error'>
  readonly onProgress: (progress: Progress) => void
}

/** How well is known what was known; undefined where all facts count. */
export type KnownBy = 'exact' | 'approximate' | undefined

export interface Replayed {
  readonly frames: FrameSet
  readonly knownBy: KnownBy
  /** What is known of every strategy at the instant. */
  readonly strategies: () => readonly StrategySummary[]
  /** How a number of these frames came about, as long as no later ones are asked for. */
  readonly explain: (question: ExplanationQuestion) => Explanation | undefined
}

export interface FileOptions {
  /** Files, or folders of them. */
  readonly paths: readonly string[]
  /** Told of each line that is no fact; throwing ends the replay. */
  readonly onRejection: (file: string, line: number, reason: string) => void
  /** Told of a file that ends in the middle. */
  readonly onCutOff: (file: string) => void
}

const NOTHING_LACKS: Watermarks['lacking'] = new Map()

/** The frames of the instants, from fact files. */
export async function* replayFiles(options: ReplayOptions, files: FileOptions): AsyncGenerator<Replayed> {
  const { config, ats, knownBy, signal } = options
  const input = await readInput(options, files)
  const feedsConfigured = config.clickhouse !== undefined || input.hasAnswered('clickhouse', undefined)
  const engine = createReplayEngine(options, feedsConfigured)
  const replayer = new Replayer({
    engine,
    facts: input.facts,
    prices: input.prices,
    periodsMs: config.periodsMs,
    knownBy,
    sourcesAt(at) {
      const haveFeeds = input.hasAnswered('clickhouse', knownBy === undefined ? undefined : Math.min(knownBy, at))
      const market = haveFeeds ? { lacking: NOTHING_LACKS } : undefined
      return watermarksOf({ ordersAsOf: at, feedsAsOf: haveFeeds ? at : undefined, lacking: NOTHING_LACKS, market })
    },
  })
  const exactness = knownBy === undefined ? undefined : input.isRecorded ? 'exact' : 'approximate'
  for (const at of ats) {
    signal.throwIfAborted()
    yield replayed(engine, replayer.framesAt(at), exactness)
  }
}

function replayed(engine: Engine, frames: FrameSet, knownBy: KnownBy): Replayed {
  return {
    frames,
    knownBy,
    strategies: () => engine.strategies(),
    explain: (question) => engine.explain(frames, question),
  }
}

async function readInput({ signal, onProgress }: ReplayOptions, files: FileOptions): Promise<FactInput> {
  const input = new FactInput()
  const paths = (await Promise.all(files.paths.map(factFilesAt))).flat()
  for (const [index, path] of paths.entries()) {
    signal.throwIfAborted()
    onProgress({ stage: 'facts', done: index, total: paths.length })
    const { isCutOff } = await readFactFile(path, {
      onFact: (fact) => input.add(fact),
      onRejection: (line, reason) => files.onRejection(path, line, reason),
    })
    if (isCutOff) files.onCutOff(path)
  }
  return input
}

/**
 * The frames of the instants, from the configured databases: rows as they are today, prices of each instant as a process
 * would read them then.
 */
export async function* replayDatabase(options: ReplayOptions): AsyncGenerator<Replayed> {
  const { config, calendars, ats, knownBy, signal, onProgress } = options
  const [first, last] = [ats[0], ats.at(-1)]
  if (first === undefined || last === undefined) return
  const engine = createReplayEngine(options, config.clickhouse !== undefined)
  const facts: Fact[] = []
  const sources = openSources(config, {
    postgres: { ...NO_SINK, apply: (some) => void facts.push(...some) },
    clickhouse: {
      ...NO_SINK,
      applyPrices: (columns) => engine.applyPrices(columns),
      applySignals: (columns) => engine.applySignals(columns),
      applyMinutes: (feed, minutes) => engine.applyMinutes(feed, minutes),
    },
  })
  try {
    const { torghut, market } = sources
    await torghut.hydrate(last, { historyFrom: historyFrom(calendars, first), signal, onProgress })
    const replayer = new Replayer({
      engine,
      facts: knownBy === undefined ? facts : facts.map(asKnownThen),
      prices: undefined,
      periodsMs: config.periodsMs,
      knownBy,
      sourcesAt: (at) => watermarksOf({ ordersAsOf: at, feedsAsOf: market && at, lacking: torghut.lacking, market }),
    })
    for (const at of ats) {
      let frames: FrameSet | undefined
      for (const instant of replayer.instantsFor(at)) {
        replayer.tell(instant)
        if (market !== undefined)
          await readMarket(market, engine.demand(), Math.min(knownBy ?? instant, instant), options)
        frames = replayer.tick(instant)
      }
      if (frames === undefined) throw new QuantError('usage', `instants must ascend: ${toIso(at)}`)
      yield replayed(engine, frames, knownBy === undefined ? undefined : 'approximate')
    }
  } finally {
    await sources.close()
  }
}

async function readMarket(
  market: MarketSource,
  demand: Parameters<MarketSource['poll']>[0]['demand'],
  at: EpochMs,
  { signal, onProgress }: ReplayOptions,
): Promise<void> {
  await market.poll({ at, demand, fineFrom: at - FINE_HISTORY_MS, signal, onProgress })
}

/** A row has its present revision only; its events after T are not in a frame of T, so an order is known from its submit. */
function asKnownThen(fact: Fact): Fact {
  return fact.fact === 'execution' ? { ...fact, knownAt: Math.min(fact.at, fact.submittedAt) } : fact
}

const NO_SINK = {
  apply: () => undefined,
  applyPrices: () => undefined,
  applySignals: () => undefined,
  applyMinutes: () => undefined,
  reject: () => undefined,
}

function createReplayEngine({ config, calendars, ats, log }: ReplayOptions, feedsConfigured: boolean) {
  // The slower tiers of the first frame tick before it.
  const startAt = Math.floor((ats[0] ?? 0) / config.periodsMs.heavy) * config.periodsMs.heavy
  return createEngine(config, { calendars, startAt, clockSpeed: 1, feedsConfigured, log })
}
