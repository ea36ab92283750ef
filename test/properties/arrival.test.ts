import fc from 'fast-check'
import type { Fact } from '../../src/domain/facts.js'
import { identityOf } from '../../src/domain/identity.js'
import { AT_ONCE, expectSameFrames } from '../support/engine.js'
import type { Delivery } from './deliveries.js'
import { history, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { freshFrames, latestOf, RunningProcess } from './processes.js'
import { settingsOf } from './schedule.js'

const KEYS = 1_000_003
const BEFORE_ALL = Number.NEGATIVE_INFINITY

describe('what was read when does not matter', () => {
  test('facts that come in any order, twice, hours late or in pieces give the frames that they give at once', () => {
    fc.assert(
      fc.property(
        history({ era: WEEK, orders: 8, snapshots: 6, barRuns: 4, instants: 8 }),
        fc.array(fc.nat(KEYS - 1), { minLength: 40, maxLength: 200, size: 'max' }),
        ({ deliveries, instants, hasSchedule }, keys) => {
          const parts = { settings: { ...AT_ONCE, ...settingsOf({ hasSchedule }) } }
          const at = instants.at(-1) ?? 0
          const running = new RunningProcess(shuffled(deliveries, instants, keys), (instants[0] ?? 0) - 1, parts)
          let frames = running.framesAt((instants[0] ?? 0) - 1)
          for (const instant of instants) frames = running.framesAt(instant)
          expectSameFrames(frames, freshFrames(at, latestOf(deliveries.map(({ fact }) => fact)), parts))
        },
      ),
      parameters(150),
    )
  })
})

/**
 * Every fact at any of the instants, many of them twice. Only what sources keep in order stays in order: the revisions
 * of one fact. Instruments are configuration, there before anything: an old snapshot cannot be judged anew by them.
 */
function shuffled(deliveries: readonly Delivery[], instants: readonly number[], keys: readonly number[]): Delivery[] {
  const revisions = new Map<string, Fact[]>()
  for (const { fact } of deliveries) {
    const identity = identityOf(fact)
    revisions.set(identity, [...(revisions.get(identity) ?? []), fact])
  }
  let drawn = 0
  const draw = () => {
    drawn += 1
    return ((keys[drawn % keys.length] ?? 0) + drawn * 7_919) % KEYS
  }
  const placed = [...revisions.values()].flatMap((facts) => {
    const copies = facts.flatMap((fact) => (draw() % 2 === 0 ? [fact] : [fact, fact]))
    const places = copies.map(draw).sort((a, b) => a - b)
    return copies.map((fact, index) => ({ fact, place: places[index] ?? 0 }))
  })
  return placed
    .sort((a, b) => a.place - b.place)
    .map(({ fact, place }) => ({ fact, arrivesAt: instants[Math.floor((place / KEYS) * instants.length)] ?? 0 }))
    .map((delivery) => (delivery.fact.fact === 'instrument' ? { ...delivery, arrivesAt: BEFORE_ALL } : delivery))
    .sort((a, b) => (a.arrivesAt === b.arrivesAt ? 0 : a.arrivesAt - b.arrivesAt))
}
