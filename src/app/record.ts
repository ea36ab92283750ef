import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { withoutCarried } from '../compute/carried-positions.js'
import { type Engine, FINE_HISTORY_MS } from '../compute/engine.js'
import type { Config } from '../config/config.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { QuantError } from '../domain/errors.js'
import { toFactLine } from '../domain/fact-json.js'
import type { Fact } from '../domain/facts.js'
import { historyFrom } from '../domain/history.js'
import type { FactSink, PriceDemand, Progress, SourceName } from '../domain/ports.js'
import { NO_MID } from '../domain/quote.js'
import { type EpochMs, HOUR_MS } from '../domain/time.js'
import type { Logger } from '../lib/logger.js'
import { createEngine } from './create-engine.js'
import { openSources, type Sources } from './open-sources.js'

export interface RecordOptions {
  readonly config: Config
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** The file; compressed where its name ends with .gz. It must not be there. */
  readonly out: string
  /** The first T that the file has to answer for; undefined: only the last. */
  readonly from: EpochMs | undefined
  readonly to: EpochMs
  readonly signal: AbortSignal
  readonly log: Pick<Logger, 'error'>
  readonly onProgress: (progress: Progress) => void
}

/** Writes the facts that frames of a range need, as the databases have them now; how many there were. */
export async function recordRange(options: RecordOptions): Promise<number> {
  let count = 0
  async function* lines() {
    for await (const facts of factsOf(options)) {
      count += facts.length
      if (facts.length > 0) yield facts.map((fact) => `${toFactLine(fact)}\n`).join('')
    }
  }
  const file = createWriteStream(options.out, { flags: 'wx', mode: 0o600 })
  try {
    if (options.out.endsWith('.gz')) await pipeline(Readable.from(lines()), createGzip(), file)
    else await pipeline(Readable.from(lines()), file)
  } catch (error) {
    throw asUnwritable(options.out, error)
  }
  return count
}

async function* factsOf(options: RecordOptions): AsyncGenerator<readonly Fact[]> {
  const { config, calendars, from, to, signal, onProgress } = options
  const first = from ?? to
  const facts: Fact[] = []
  let prices: Fact[] = []
  const sources = openSources(config, {
    postgres: sinkOf((some) => facts.push(...some)),
    clickhouse: sinkOf((some) => prices.push(...some)),
  })
  try {
    const oldest = historyFrom(calendars, first)
    await sources.torghut.hydrate(to, { historyFrom: oldest, signal, onProgress })
    const ends = [...new Set([first, to])].map((at) => engineAt(options, at, facts))
    const carried = from === undefined ? undefined : ends[0]?.carriedPositions(from)
    yield carried === undefined ? facts : [...carried.openings, ...withoutCarried(facts, carried)]
    yield answersOf(sources, oldest)
    const { market } = sources
    if (market === undefined) return
    const demand = joined(ends.map((engine) => engine.demand()))
    for (let at = first; ; at = Math.min(at + HOUR_MS, to)) {
      signal.throwIfAborted()
      await market.poll({ at, demand, fineFrom: at - FINE_HISTORY_MS, signal, onProgress })
      yield prices
      prices = []
      if (at >= to) return
    }
  } finally {
    await sources.close()
  }
}

/** An engine that knows all positions at an instant. */
function engineAt({ config, calendars, log }: RecordOptions, at: EpochMs, facts: readonly Fact[]): Engine {
  const feedsConfigured = config.clickhouse !== undefined
  const engine = createEngine(config, { calendars, startAt: at, clockSpeed: 1, feedsConfigured, log })
  engine.apply(facts)
  engine.advanceTo(at)
  return engine
}

/** That a source is in the file at all: one without stands for none. */
function answersOf({ market }: Sources, at: EpochMs): Fact[] {
  const names: readonly SourceName[] = market === undefined ? ['postgres'] : ['postgres', 'clickhouse']
  return names.map((source) => ({
    ...{ fact: 'watermark', source, at, completeTo: at, knownAt: undefined, revision: undefined },
  }))
}

/** What any of several instants needs. */
function joined(demands: readonly PriceDemand[]): PriceDemand {
  const kept = new Map<string, number>()
  for (const demand of demands)
    for (const [symbol, cellMs] of demand.kept) kept.set(symbol, Math.min(cellMs, kept.get(symbol) ?? cellMs))
  return {
    kept,
    watched: new Set(demands.flatMap(({ watched }) => [...watched])),
    pins: [...new Set(demands.flatMap(({ pins }) => pins))].sort((a, b) => a - b),
  }
}

/** Prices as facts: of a quote only its middle is known here. */
function sinkOf(take: (facts: readonly Fact[]) => void): FactSink {
  const common = { knownAt: undefined, revision: undefined }
  return {
    apply: take,
    reject: () => undefined,
    applyPrices(columns) {
      for (const { symbol, ats, closesE8 } of columns)
        take(
          ats.map((at, index) => ({
            fact: 'bar',
            at,
            symbol,
            close: closesE8[index] ?? 0n,
            vwap: undefined,
            ...common,
          })),
        )
    },
    applySignals(columns) {
      for (const { symbol, ats, midsE8 } of columns)
        take(
          ats.map((at, index) => {
            const mid = midsE8[index] === NO_MID ? undefined : midsE8[index]
            return { fact: 'signal', at, symbol, source: 'ta', bid: mid, ask: mid, ingestedAt: undefined, ...common }
          }),
        )
    },
    applyMinutes(feed, minutes) {
      for (const { symbol, runs } of minutes)
        take(runs.map(([firstAt, at]) => ({ fact: 'feed_minutes', feed, symbol, firstAt, at, ...common })))
    },
  }
}

function asUnwritable(path: string, error: unknown): unknown {
  if (error instanceof QuantError || typeof error !== 'object' || error === null || !('syscall' in error)) return error
  const { code, message } = error as NodeJS.ErrnoException
  const reason = code === 'EEXIST' ? 'it is there already, and is not written over' : message
  return new QuantError('usage', `cannot write ${path}: ${reason}`)
}
