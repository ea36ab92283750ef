import { DICTIONARY } from '../../src/compute/dictionary.js'
import type { Engine, Watermarks } from '../../src/compute/engine.js'
import type { Fact } from '../../src/domain/facts.js'
import type { BookFrame } from '../../src/domain/frame.js'
import { readGroups, readMetrics } from '../../src/domain/reading.js'
import { type EpochMs, SECOND_MS } from '../../src/domain/time.js'
import { answered, applyAll, bookOf, CALENDARS, createEngine, type EngineParts } from './engine.js'
import { bar, signal, snapshot } from './facts.js'

/** Which feeds and sources say something at a tick. */
export interface Told {
  readonly bars?: boolean
  readonly signals?: boolean
  readonly snapshots?: boolean
  /** When Postgres was last read completely; at the tick, unless it is down. */
  readonly ordersAsOf?: EpochMs
}

/** A process that watches one book tick by tick, while its sources speak or are silent. */
export class Watch {
  readonly engine: Engine
  readonly #symbols: readonly string[]

  constructor(startAt: EpochMs, facts: readonly Fact[], symbols: readonly string[], parts: EngineParts = {}) {
    this.engine = createEngine({ startAt, ...parts })
    this.#symbols = symbols
    applyAll(this.engine, facts)
  }

  /** A tick at which everything that speaks has spoken at T. */
  tick(at: EpochMs, { bars = true, signals = true, snapshots = true, ordersAsOf = at }: Told = {}): BookFrame {
    applyAll(this.engine, [
      ...(bars ? this.#symbols.map((symbol) => bar(symbol, at, 100)) : []),
      ...(signals ? this.#symbols.map((symbol) => signal(symbol, at, { bid: 99.9, ask: 100.1 })) : []),
      ...(snapshots ? [snapshot(at, [{ symbol: 'AAA', qty: 10, avg_entry_price: 100, mark: 100 }])] : []),
    ])
    const watermarks: Watermarks = { ...answered(at), ordersAsOf }
    return bookOf(this.engine.tick(at, watermarks))
  }

  /** The groups that are stale at each second from one to another, both included: only where that changes. */
  changes(from: EpochMs, to: EpochMs, told: Told = {}): [seconds: number, stale: string][] {
    const changes: [number, string][] = []
    let before: string | undefined
    for (let at = from; at <= to; at += SECOND_MS) {
      const stale = staleGroups(this.tick(at, told), at)
      if (stale !== before) changes.push([(at - from) / SECOND_MS, stale])
      before = stale
    }
    return changes
  }
}

/** The groups of the 1d window whose quality is stale. */
export function staleGroups(frame: BookFrame, now: EpochMs): string {
  const clock = { now, calendar: CALENDARS[frame.book.calendar] }
  return readGroups(readMetrics(frame, '1d', DICTIONARY, clock))
    .filter(({ quality }) => quality === 'stale')
    .map(({ group }) => group)
    .join(' ')
}
