import type { Engine } from '../../src/compute/engine.js'
import type { Fact } from '../../src/domain/facts.js'
import type { FrameSet } from '../../src/domain/frame.js'
import { identityOf } from '../../src/domain/identity.js'
import type { EpochMs } from '../../src/domain/time.js'
import { AT_ONCE, answered, applyAll, createEngine, type EngineParts, expectSameFrames, framesAt } from './engine.js'

/** Facts come, T passes; each T is looked at as a process does that has been there, and compared with one that starts. */
export function follow(
  steps: readonly (readonly [facts: readonly Fact[], at: EpochMs])[],
  given: EngineParts = {},
): { engine: Engine; last: FrameSet } {
  const parts = { ...given, settings: { ...AT_ONCE, ...given.settings } }
  const known = new Map<string, Fact>()
  const first = steps[0]?.[1] ?? 0
  const engine = createEngine({ startAt: first, ...parts })
  let last = engine.tick(first, answered(first))
  for (const [facts, now] of steps) {
    for (const fact of facts) known.set(identityOf(fact), fact)
    applyAll(engine, facts)
    last = engine.tick(now, answered(now))
    expectSameFrames(last, framesAt(now, [...known.values()], parts))
  }
  return { engine, last }
}
