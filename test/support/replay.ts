import { PriceHistory } from '../../src/compute/replay/price-history.js'
import { Replayer } from '../../src/compute/replay/replayer.js'
import type { Fact } from '../../src/domain/facts.js'
import type { EpochMs } from '../../src/domain/time.js'
import { answered, createEngine, type EngineParts, SETTINGS } from './engine.js'

export interface ReplayParts extends EngineParts {
  readonly startAt: EpochMs
  readonly knownBy?: EpochMs
}

/** A replay of facts in the order given, on the product's default settings. */
export function replayOf(facts: readonly Fact[], { knownBy, ...parts }: ReplayParts): Replayer {
  const prices = new PriceHistory()
  for (const fact of facts) if (fact.fact === 'bar' || fact.fact === 'signal') prices.add(fact)
  return new Replayer({
    engine: createEngine(parts),
    facts: facts.filter(({ fact }) => fact !== 'bar' && fact !== 'signal'),
    prices,
    periodsMs: SETTINGS.periodsMs,
    knownBy,
    sourcesAt: answered,
  })
}
