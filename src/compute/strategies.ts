import type { BookKey } from '../domain/book.js'
import type { CalendarName } from '../domain/calendar.js'
import type { QuantityE9 } from '../domain/exact.js'
import type { StrategyFact } from '../domain/facts.js'
import { type Digest, termOfFact } from './inputs/digest.js'

/** What configuration says about strategies; it goes before what their facts say. */
export interface StrategyOptions {
  readonly calendarOf: (strategyId: string) => CalendarName | undefined
  readonly capitalShareOf: (strategyId: string) => QuantityE9 | undefined
  readonly benchmarkOf: (strategyId: string, told: string | undefined) => string | undefined
}

const NO_SYMBOLS: readonly string[] = []

/** What is known of strategies: by configuration, else by their own facts, else what is usual. */
export class Strategies {
  readonly #options: StrategyOptions
  readonly #facts = new Map<string, StrategyFact>()
  readonly #terms = new Map<string, Digest>()

  constructor(options: StrategyOptions) {
    this.#options = options
  }

  /** Those that have a fact; books may be of others, too. */
  all(): Iterable<StrategyFact> {
    return this.#facts.values()
  }

  apply(strategy: StrategyFact): void {
    this.#facts.set(strategy.strategyId, strategy)
    this.#terms.set(strategy.strategyId, termOfFact(strategy))
  }

  isEnabled(strategyId: string): boolean {
    return this.#facts.get(strategyId)?.enabled === true
  }

  nameOf(strategyId: string): string {
    return this.#facts.get(strategyId)?.name ?? strategyId
  }

  /** Whether a strategy says that it trades in an account. */
  names({ strategyId, account }: BookKey): boolean {
    return this.#facts.get(strategyId)?.accounts?.includes(account) ?? false
  }

  calendarOf(strategyId: string): CalendarName {
    return this.#options.calendarOf(strategyId) ?? this.#facts.get(strategyId)?.calendar ?? 'XNYS'
  }

  /** The part of its account's equity that a strategy is given. */
  capitalShareOf(strategyId: string): QuantityE9 | undefined {
    return this.#options.capitalShareOf(strategyId) ?? this.#facts.get(strategyId)?.capitalShare
  }

  /** The symbol that a strategy's returns are held against. */
  benchmarkOf(strategyId: string): string | undefined {
    return this.#options.benchmarkOf(strategyId, this.#facts.get(strategyId)?.benchmark)
  }

  /** The symbols that a strategy watches; empty where it says none. */
  universeOf(strategyId: string): readonly string[] {
    return this.#facts.get(strategyId)?.universe ?? NO_SYMBOLS
  }

  /** Of the strategy's own fact. */
  digestOf(strategyId: string): Digest {
    return this.#terms.get(strategyId) ?? 0n
  }
}
