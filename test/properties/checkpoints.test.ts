import fc from 'fast-check'
import type { BookCheckpoint } from '../../src/compute/checkpoints/checkpoint.js'
import type { Engine } from '../../src/compute/engine.js'
import { contentOf } from '../../src/domain/fact-content.js'
import type { Fact } from '../../src/domain/facts.js'
import { historyFrom } from '../../src/domain/history.js'
import { DAY_MS, type EpochMs } from '../../src/domain/time.js'
import { answered, CALENDARS, type EngineParts, expectSameFrames } from '../support/engine.js'
import { changed, dayAfter, longHistory } from './long-history.js'
import { parameters } from './parameters.js'
import { freshFrames, startedAt } from './processes.js'
import { settingsOf } from './schedule.js'

interface Seen {
  /** Started from checkpoints, had to go back to the orders, and would not have been offered them by their source. */
  begun: number
  refused: number
  bySource: number
}

test('a start from a checkpoint says what one from the first row says, or the checkpoint is refused', () => {
  const seen: Seen = { begun: 0, refused: 0, bySource: 0 }
  fc.assert(
    fc.property(longHistory, ({ facts, changes, hasSchedule, laterDays: [takenAfter, later] }) => {
      const parts = { settings: settingsOf({ hasSchedule }) }
      const takenAt = dayAfter(takenAfter)
      const { engine } = startedAt(takenAt, facts, parts)
      const checkpoints = takenFrom(engine, takenAt)
      const now = changes.reduce(changed, [...facts])
      const at = takenAt + later * DAY_MS
      const begun = compare(at, { known: facts, facts: now, checkpoints, parts, seen })
      // What begins with checkpoints takes others in its turn.
      if (begun !== undefined)
        compare(at + 3 * DAY_MS, { known: now, facts: now, checkpoints: takenFrom(begun, at), parts, seen })
    }),
    parameters(140),
  )
  expect(seen.begun).toBeGreaterThan(10)
  expect(seen.refused).toBeGreaterThan(3)
})

/** What a process that ticks at an instant would keep then. */
function takenFrom(engine: Engine, at: EpochMs): BookCheckpoint[] {
  engine.tick(at, answered(at))
  const close = historyFrom(CALENDARS, at)
  return engine.bookIds().flatMap((id) => engine.takeCheckpoint(id, close) ?? [])
}

interface Comparison {
  /** What was known when the checkpoints were taken, and what there is now. */
  readonly known: readonly Fact[]
  readonly facts: readonly Fact[]
  readonly checkpoints: readonly BookCheckpoint[]
  readonly parts: EngineParts
  readonly seen: Seen
}

/** The process that started with checkpoints; undefined where there were none, or none of use. */
function compare(at: EpochMs, { known, facts, checkpoints, parts, seen }: Comparison): Engine | undefined {
  const spared = new Set(checkpoints.flatMap(({ symbols }) => symbols.flatMap(({ orders }) => orders)))
  const isSpared = (fact: Fact) => 'executionId' in fact && spared.has(fact.executionId)
  const sparedOf = (some: readonly Fact[]) => some.filter(isSpared).map(contentOf).sort().join('\n')
  if (spared.size === 0) return undefined
  // A source tells by the versions of its rows.
  if (sparedOf(known) !== sparedOf(facts)) {
    seen.bySource += 1
    return undefined
  }
  const told = facts.filter((fact) => !isSpared(fact))
  const { engine } = startedAt(at, told, parts, (begun) => begun.beginAt(checkpoints))
  if (engine.areCheckpointsSound) seen.begun += 1
  else {
    seen.refused += 1
    engine.forgetCheckpoints()
    engine.apply(facts.filter(isSpared))
  }
  expectSameFrames(engine.tick(at, answered(at)), freshFrames(at, facts, parts))
  return engine
}
