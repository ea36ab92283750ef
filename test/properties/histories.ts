import { type Engine, FINE_HISTORY_MS } from '../../src/compute/engine.js'
import type { BarFact, Fact } from '../../src/domain/facts.js'
import type { FrameSet } from '../../src/domain/frame.js'
import type { EpochMs } from '../../src/domain/time.js'
import { answered, createEngine, type EngineParts } from '../support/engine.js'
import { identityOf } from '../support/reference/knowledge.js'
import { DESCRIPTIONS, type Delivery } from './generated-history.js'

type Arrived = { readonly bars: readonly BarFact[]; readonly others: readonly Fact[] }

export function arrivedBy(at: EpochMs, deliveries: readonly Delivery[]): Fact[] {
  return [...DESCRIPTIONS, ...deliveries.filter(({ arrivesAt }) => arrivesAt <= at).map(({ fact }) => fact)]
}

/** The latest revision of each fact: what the sources would say to a process that starts now. */
export function latestOf(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map((fact) => [identityOf(fact), fact])).values()]
}

/** Without the facts that say nothing before a later T. */
export function begunBy(at: EpochMs, facts: readonly Fact[]): Fact[] {
  return facts.filter((fact) => (fact.fact === 'execution' ? fact.submittedAt : fact.at) <= at)
}

/** A process that starts at T: it reads rows, then the bars that they need, the past of them as the last of each cell. */
export function freshFrames(at: EpochMs, facts: readonly Fact[], parts: EngineParts = {}): FrameSet {
  const engine = createEngine({ startAt: at, ...parts })
  const { bars, others } = split(facts)
  engine.apply(others)
  for (const [symbol, cellMs] of engine.demand().kept) engine.apply(asHistory(bars, symbol, cellMs, at))
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
    this.engine.apply(DESCRIPTIONS)
  }

  framesAt(at: EpochMs, judges = true): FrameSet {
    const arrived: Fact[] = []
    for (let next = this.#deliveries[this.#read]; next !== undefined && next.arrivesAt <= at; ) {
      arrived.push(next.fact)
      this.#read += 1
      next = this.#deliveries[this.#read]
    }
    this.engine.apply(arrived)
    const frames = this.engine.tick(at, answered(at), judges)
    return this.#loadMissingBars(at) ? this.engine.tick(at, answered(at), judges) : frames
  }

  /** The history of symbols that nobody needed before. */
  #loadMissingBars(at: EpochMs): boolean {
    const missing = [...this.engine.demand().kept].filter(
      ([symbol, cellMs]) => (this.#loaded.get(symbol) ?? Number.POSITIVE_INFINITY) > cellMs,
    )
    const { bars } = split(this.#deliveries.slice(0, this.#read).map(({ fact }) => fact))
    for (const [symbol, cellMs] of missing) {
      this.engine.apply(asHistory(bars, symbol, cellMs, at))
      this.#loaded.set(symbol, cellMs)
    }
    return missing.length > 0
  }
}

function split(facts: readonly Fact[]): Arrived {
  return {
    bars: facts.filter((fact) => fact.fact === 'bar'),
    others: facts.filter((fact) => fact.fact !== 'bar'),
  }
}

/** Bars of one symbol as a source of history gives them: the last of each cell that has been thinned, then all. */
function asHistory(bars: readonly BarFact[], symbol: string, cellMs: number, at: EpochMs): BarFact[] {
  const cells = new Map<string | number, BarFact>()
  for (const bar of bars) {
    if (bar.symbol !== symbol) continue
    const cellEnd = Math.ceil(bar.at / cellMs) * cellMs
    const key = cellEnd <= at - FINE_HISTORY_MS ? cellEnd : `at ${bar.at}`
    const before = cells.get(key)
    if (before === undefined || before.at <= bar.at) cells.set(key, bar)
  }
  return [...cells.values()]
}
