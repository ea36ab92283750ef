import { type Engine, FINE_HISTORY_MS } from '../../src/compute/engine.js'
import type { BarFact, Fact, SignalFact } from '../../src/domain/facts.js'
import type { FrameSet } from '../../src/domain/frame.js'
import { BAR_LIFETIME_MS } from '../../src/domain/history.js'
import { identityOf } from '../../src/domain/identity.js'
import { FEEDS, type Feed, type MinuteRuns, type PriceDemand } from '../../src/domain/ports.js'
import { type EpochMs, MINUTE_MS } from '../../src/domain/time.js'
import { answered, createEngine, type EngineParts, tierInstants } from '../support/engine.js'
import type { Delivery } from './deliveries.js'

export function arrivedBy(at: EpochMs, deliveries: readonly Delivery[]): Fact[] {
  return deliveries.filter(({ arrivesAt }) => arrivesAt <= at).map(({ fact }) => fact)
}

/** The latest revision of each fact: what the sources would say to a process that starts now. */
export function latestOf(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map((fact) => [identityOf(fact), fact])).values()]
}

/** Without the facts that say nothing before a later T. */
export function begunBy(at: EpochMs, facts: readonly Fact[]): Fact[] {
  return facts.filter((fact) => {
    if (fact.fact === 'strategy' || fact.fact === 'instrument') return true
    return (fact.fact === 'execution' ? fact.submittedAt : fact.at) <= at
  })
}

/** A process that starts at T and ticks once. */
export function freshFrames(at: EpochMs, facts: readonly Fact[], parts: EngineParts = {}): FrameSet {
  return startedAt(at, facts, parts).engine.tick(at, answered(at))
}

/**
 * What a process that starts at T has read: rows, then the bars and signals that they need; of the past one bar and signal
 * a cell, and in which minutes there were any, as the sources give them. Prices are asked for before decisions are known,
 * and again only where those want a finer grid. With the demand that it has read for.
 */
export function startedAt(
  at: EpochMs,
  facts: readonly Fact[],
  parts: EngineParts,
  begin: (engine: Engine) => void = () => undefined,
): { engine: Engine; demand: PriceDemand } {
  const engine = createEngine({ startAt: at, ...parts })
  begin(engine)
  const rows = facts.filter((fact) => !isOfFeed(fact))
  engine.apply(rows.filter(({ fact }) => fact !== 'decision'))
  const asked = withPinsOfNow(engine.demand())
  engine.apply(rows.filter(({ fact }) => fact === 'decision'))
  const demand = withPinsOfNow(engine.demand())
  for (const [symbol, cellMs] of demand.kept) {
    const pins = pinsFor(symbol, asked.kept.get(symbol) === cellMs ? asked : demand)
    engine.apply(feedHistory(facts, symbol, { cellMs, pins }, at))
  }
  const symbols = new Set(symbolsOf(demand))
  for (const feed of FEEDS) engine.applyMinutes(feed, minuteHistory(facts, feed, symbols, at))
  return { engine, demand }
}

/** The instants of a demand are to be read at once. */
function withPinsOfNow({ pinsOf, ...demand }: PriceDemand): PriceDemand {
  const ofNow = [...(pinsOf ?? [])].map(
    ([symbol, pins]) => [symbol, { ...pins, instants: [...pins.instants] }] as const,
  )
  return { ...demand, pinsOf: new Map(ofNow) }
}

/**
 * A process that started in time for all tiers of a T, and was told what came until then: restarted, it says what one says
 * that has been there all along.
 */
export function restartedFrames(at: EpochMs, deliveries: readonly Delivery[], parts: EngineParts = {}): FrameSet {
  const process = RunningProcess.startedAt(tierInstants(at)[0] ?? at, deliveries, parts)
  return process.framesOfTiers(at)
}

/** A process that starts in time for all tiers of a T, and knows everything from the start. */
export function knowingFrames(at: EpochMs, facts: readonly Fact[], parts: EngineParts = {}): FrameSet {
  return restartedFrames(
    at,
    facts.map((fact) => ({ fact, arrivesAt: Number.NEGATIVE_INFINITY })),
    parts,
  )
}

/** A process that has been there all along: reads what arrives, and ticks. */
export class RunningProcess {
  readonly engine: Engine
  readonly #deliveries: readonly Delivery[]
  readonly #loaded = new Map<string, number>()
  readonly #lateCounts = new Map<string, number>()
  readonly #minutesLoaded = new Set<string>()
  #pins: ReadonlySet<EpochMs> | undefined
  #read = 0
  #tickedAt = Number.NEGATIVE_INFINITY

  constructor(deliveries: readonly Delivery[], startAt: EpochMs, parts: EngineParts = {}, engine?: Engine) {
    this.engine = engine ?? createEngine({ startAt, ...parts })
    this.#deliveries = deliveries
  }

  /** A process that reads at its start what has arrived by then, and from then on what arrives. */
  static startedAt(at: EpochMs, deliveries: readonly Delivery[], parts: EngineParts): RunningProcess {
    const facts = latestOf(arrivedBy(at, deliveries))
    const { engine, demand } = startedAt(at, facts, parts)
    const process = new RunningProcess(deliveries, at, parts, engine)
    while ((deliveries[process.#read]?.arrivesAt ?? Number.POSITIVE_INFINITY) <= at) process.#read += 1
    for (const [symbol, cellMs] of demand.kept) {
      process.#loaded.set(symbol, cellMs)
      process.#lateCounts.set(symbol, demand.pinsOf?.get(symbol)?.lateCount ?? 0)
    }
    for (const symbol of symbolsOf(demand)) process.#minutesLoaded.add(symbol)
    return process
  }

  /** The frames of T once all tiers have ticked at their instants. */
  framesOfTiers(at: EpochMs, judges = true): FrameSet {
    let frames: FrameSet | undefined
    for (const instant of tierInstants(at))
      if (instant > this.#tickedAt || instant === at) frames = this.framesAt(instant, instant < at || judges)
    return frames ?? this.framesAt(at, judges)
  }

  framesAt(at: EpochMs, judges = true): FrameSet {
    this.#tickedAt = at
    const read = this.#read
    while ((this.#deliveries[this.#read]?.arrivesAt ?? Number.POSITIVE_INFINITY) <= at) this.#read += 1
    this.engine.apply(this.#deliveries.slice(read, this.#read).map(({ fact }) => fact))
    this.engine.advanceTo(at)
    this.#loadMissingBars(at)
    this.#readAtLatePins(at)
    return this.engine.tick(at, answered(at), judges)
  }

  /** The history of symbols that nobody needed before. */
  #loadMissingBars(at: EpochMs): void {
    const { kept, ...demand } = this.engine.demand()
    const lateCountOf = (symbol: string) => demand.pinsOf?.get(symbol)?.lateCount ?? 0
    const missing = [...kept].filter(
      ([symbol, cellMs]) =>
        (this.#loaded.get(symbol) ?? Number.POSITIVE_INFINITY) > cellMs ||
        this.#lateCounts.get(symbol) !== lateCountOf(symbol),
    )
    const facts = this.#deliveries.slice(0, this.#read).map(({ fact }) => fact)
    for (const [symbol, cellMs] of missing) {
      this.engine.apply(feedHistory(facts, symbol, { cellMs, pins: pinsFor(symbol, demand) }, at))
      this.#loaded.set(symbol, cellMs)
      this.#lateCounts.set(symbol, lateCountOf(symbol))
    }
    const unwatched = symbolsOf({ kept, watched: demand.watched }).filter((symbol) => !this.#minutesLoaded.has(symbol))
    for (const feed of FEEDS) this.engine.applyMinutes(feed, minuteHistory(facts, feed, new Set(unwatched), at))
    for (const symbol of unwatched) this.#minutesLoaded.add(symbol)
  }

  /** Rows that were thinned before an instant began to count, as the sources read them again. */
  #readAtLatePins(at: EpochMs): void {
    const { kept, pins } = this.engine.demand()
    const isLate = (pin: EpochMs) => this.#pins?.has(pin) === false && pin <= at - FINE_HISTORY_MS
    const late = pins.filter((pin) => isLate(pin) && pin > at - BAR_LIFETIME_MS)
    this.#pins = new Set(pins)
    const longestCellMs = Math.max(0, ...kept.values())
    const rows = this.#deliveries
      .slice(0, this.#read)
      .map(({ fact }) => fact)
      .filter((fact) => isOfFeed(fact) && kept.has(fact.symbol) && isOfRead(fact))
    this.engine.apply(rows.filter((row) => late.some((pin) => row.at > pin - longestCellMs && row.at <= pin)))
  }
}

/** Symbols whose times of events count. */
function symbolsOf({ kept, watched }: Pick<PriceDemand, 'kept' | 'watched'>): string[] {
  return [...new Set([...kept.keys(), ...watched])]
}

function isOfRead(fact: BarFact | SignalFact): boolean {
  return fact.fact === 'bar' || isOfTa(fact)
}

/** Instants at which the price of a symbol has to be exact, those of all symbols included. */
function pinsFor(symbol: string, { pins, pinsOf }: Pick<PriceDemand, 'pins' | 'pinsOf'>): EpochMs[] {
  return [...pins, ...(pinsOf?.get(symbol)?.instants ?? [])].sort((a, b) => a - b)
}

interface Grid {
  readonly cellMs: number
  readonly pins: readonly EpochMs[]
}

function isOfFeed(fact: Fact): fact is BarFact | SignalFact {
  return fact.fact === 'bar' || fact.fact === 'signal'
}

function feedFacts(facts: readonly Fact[], feed: Feed): (BarFact | SignalFact)[] {
  return facts.filter(isOfFeed).filter((fact) => (feed === 'bars' ? fact.fact === 'bar' : isOfTa(fact)))
}

function isOfTa(fact: BarFact | SignalFact): boolean {
  return fact.fact === 'signal' && fact.source === 'ta'
}

function feedHistory(facts: readonly Fact[], symbol: string, grid: Grid, at: EpochMs): Fact[] {
  return FEEDS.flatMap((feed) =>
    lastOfCells(
      feedFacts(facts, feed).filter((fact) => fact.symbol === symbol),
      grid,
      at,
    ),
  )
}

/** Runs of minutes with events, of the last 28 days, the minute in which they begin included whole. */
function minuteHistory(facts: readonly Fact[], feed: Feed, symbols: ReadonlySet<string>, at: EpochMs): MinuteRuns[] {
  const from = Math.floor((at - BAR_LIFETIME_MS) / MINUTE_MS) * MINUTE_MS
  return [...symbols].map((symbol) => {
    const own = feedFacts(facts, feed).filter((fact) => fact.symbol === symbol && fact.at > from)
    const ends = [...new Set(own.map((fact) => Math.ceil(fact.at / MINUTE_MS) * MINUTE_MS))].sort((a, b) => a - b)
    const runs: [EpochMs, EpochMs][] = []
    for (const end of ends) {
      const last = runs.at(-1)
      if (last !== undefined && last[1] === end - MINUTE_MS) last[1] = end
      else runs.push([end, end])
    }
    return { symbol, runs }
  })
}

/** The last of each cell that lies behind the fine history, and everything since. */
function lastOfCells<Dated extends { readonly at: EpochMs }>(
  all: readonly Dated[],
  { cellMs, pins }: Grid,
  at: EpochMs,
): Dated[] {
  const cells = new Map<string, Dated>()
  for (const one of all) {
    const cellEnd = Math.ceil(one.at / cellMs) * cellMs
    const pin = pins.find((instant) => instant >= one.at) ?? Number.POSITIVE_INFINITY
    // Whole cells are thinned: a pin parts one, and makes none older.
    const key = cellEnd <= at - FINE_HISTORY_MS ? `cell ${Math.min(cellEnd, pin)}` : `at ${one.at}`
    const before = cells.get(key)
    if (before === undefined || before.at <= one.at) cells.set(key, one)
  }
  return [...cells.values()]
}
