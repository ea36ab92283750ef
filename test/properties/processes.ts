import { type Engine, FINE_HISTORY_MS } from '../../src/compute/engine.js'
import type { BarFact, Fact, PositionSnapshotFact } from '../../src/domain/facts.js'
import type { FrameSet } from '../../src/domain/frame.js'
import { historyFrom } from '../../src/domain/history.js'
import type { EpochMs } from '../../src/domain/time.js'
import { answered, CALENDARS, createEngine, type EngineParts } from '../support/engine.js'
import { identityOf } from '../support/reference/knowledge.js'
import { SYMBOLS } from './cast.js'
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

/**
 * A process that starts at T: it reads rows, then the bars that they need; of the past the snapshots of the longest window
 * and one bar a cell, as the sources give them.
 */
export function freshFrames(at: EpochMs, facts: readonly Fact[], parts: EngineParts = {}): FrameSet {
  const engine = createEngine({ startAt: at, ...parts })
  engine.apply(facts.filter((fact) => fact.fact !== 'bar' && fact.fact !== 'position_snapshot'))
  engine.apply(snapshotHistory(facts, at))
  const { kept, pins } = engine.demand()
  for (const [symbol, cellMs] of kept) engine.apply(barHistory(facts, symbol, { cellMs, pins }, at))
  return engine.tick(at, answered(at))
}

/** A process that has been there all along: reads what arrives, and ticks. */
export class RunningProcess {
  readonly engine: Engine
  readonly #deliveries: readonly Delivery[]
  readonly #loaded = new Map<string, number>()
  #read = 0

  constructor(deliveries: readonly Delivery[], startAt: EpochMs, parts: EngineParts = {}) {
    this.engine = createEngine({ startAt, ...parts })
    this.#deliveries = deliveries
  }

  framesAt(at: EpochMs, judges = true): FrameSet {
    const read = this.#read
    while ((this.#deliveries[this.#read]?.arrivesAt ?? Number.POSITIVE_INFINITY) <= at) this.#read += 1
    this.engine.apply(this.#deliveries.slice(read, this.#read).map(({ fact }) => fact))
    const frames = this.engine.tick(at, answered(at), judges)
    return this.#loadMissingBars(at) ? this.engine.tick(at, answered(at), judges) : frames
  }

  /** The history of symbols that nobody needed before. */
  #loadMissingBars(at: EpochMs): boolean {
    const { kept, pins } = this.engine.demand()
    const missing = [...kept].filter(
      ([symbol, cellMs]) => (this.#loaded.get(symbol) ?? Number.POSITIVE_INFINITY) > cellMs,
    )
    const facts = this.#deliveries.slice(0, this.#read).map(({ fact }) => fact)
    for (const [symbol, cellMs] of missing) {
      this.engine.apply(barHistory(facts, symbol, { cellMs, pins }, at))
      this.#loaded.set(symbol, cellMs)
    }
    return missing.length > 0
  }
}

interface Grid {
  readonly cellMs: number
  readonly pins: readonly EpochMs[]
}

function barHistory(facts: readonly Fact[], symbol: string, grid: Grid, at: EpochMs): BarFact[] {
  const bars = facts.filter((fact): fact is BarFact => fact.fact === 'bar' && fact.symbol === symbol)
  return lastOfCells(bars, grid, at)
}

/** The first of each account besides, and the first that does not show a symbol: ledgers may begin with them. */
function snapshotHistory(facts: readonly Fact[], at: EpochMs): PositionSnapshotFact[] {
  const all = facts.filter((fact): fact is PositionSnapshotFact => fact.fact === 'position_snapshot')
  return [...new Set(all.map(({ account }) => account))].flatMap((account) => {
    const own = all.filter((snapshot) => snapshot.account === account).sort((a, b) => a.at - b.at)
    const firstFlats = SYMBOLS.flatMap(
      (symbol) => own.find(({ positions }) => !positions.some((position) => position.symbol === symbol)) ?? [],
    )
    return [...own.slice(0, 1), ...firstFlats, ...own.filter((snapshot) => snapshot.at >= historyFrom(CALENDARS, at))]
  })
}

/** The last of each cell that lies behind the fine history, and everything since. */
function lastOfCells<Dated extends { readonly at: EpochMs }>(
  all: readonly Dated[],
  { cellMs, pins }: Grid,
  at: EpochMs,
): Dated[] {
  const cells = new Map<string | number, Dated>()
  for (const one of all) {
    const pin = pins.find((instant) => instant >= one.at) ?? Number.POSITIVE_INFINITY
    const cellEnd = Math.min(Math.ceil(one.at / cellMs) * cellMs, pin)
    const key = cellEnd <= at - FINE_HISTORY_MS ? cellEnd : `at ${one.at}`
    const before = cells.get(key)
    if (before === undefined || before.at <= one.at) cells.set(key, one)
  }
  return [...cells.values()]
}
