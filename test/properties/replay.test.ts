import fc from 'fast-check'
import { instantOf } from '../../src/compute/book-sources.js'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { isAge, isOfFeed, type MetricDefinition } from '../../src/compute/metrics/definition.js'
import { toFactLine } from '../../src/domain/fact-json.js'
import type { Fact } from '../../src/domain/facts.js'
import { TIERS } from '../../src/domain/metric.js'
import { createLineParser } from '../../src/fact-files/fact-line.js'
import { expectSameFrames, frameBytes, resultsOf, SETTINGS, tierInstants } from '../support/engine.js'
import { replayOf } from '../support/replay.js'
import type { Delivery } from './deliveries.js'
import { history, MONTH, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { begunBy, knowingFrames, latestOf, RunningProcess } from './processes.js'

const SHAPE = { orders: 8, snapshots: 6, barRuns: 5, instants: 10 }
const keys = fc.array(fc.nat(1_000_003), { minLength: 40, maxLength: 100, size: 'max' })

describe('a replay', () => {
  test.each([
    ['a week of sessions, half days and closed hours', WEEK, 25],
    ['a month with holidays', MONTH, 8],
  ])('of %s, all facts known, says at every T what a process says that has just read them', (_, era, numRuns) => {
    fc.assert(
      fc.property(history({ era, ...SHAPE }), keys, ({ deliveries, instants }, drawn) => {
        const replay = replayOf(shuffled(recorded(deliveries), drawn), {
          startAt: tierInstants(instants[0] ?? 0)[0] ?? 0,
        })
        const facts = latestOf(deliveries.map(({ fact }) => fact))
        for (const at of instants) expectSameFrames(replay.framesAt(at), knowingFrames(at, begunBy(at, facts)))
      }),
      parameters(numRuns),
    )
  })

  test('by what was known says at every T what the process said that was there', () => {
    fc.assert(
      fc.property(history({ era: WEEK, ...SHAPE }), keys, ({ deliveries, instants }, drawn) => {
        const startAt = tierInstants(instants[0] ?? 0)[0] ?? 0
        const replay = replayOf(shuffled(recorded(deliveries), drawn), { startAt, knownBy: Number.POSITIVE_INFINITY })
        const running = new RunningProcess(deliveries, startAt)
        for (const at of instants) {
          expectSameFrames(replay.framesAt(at), running.framesOfTiers(at))
        }
      }),
      parameters(25),
    )
  })

  test('by what was known gives a slower metric the value of its own instant, by what was known then', () => {
    fc.assert(
      fc.property(history({ era: WEEK, ...SHAPE, instants: 5 }), keys, ({ deliveries, instants }, drawn) => {
        const facts = shuffled(recorded(deliveries), drawn)
        const startAt = tierInstants(instants[0] ?? 0)[0] ?? 0
        const replay = replayOf(facts, { startAt, knownBy: Number.POSITIVE_INFINITY, dictionary: TIERED })
        for (const at of instants) {
          const frames = replay.framesAt(at)
          for (const tier of TIERS) {
            const instant = instantOf(tier, at, SETTINGS)
            const startsAt = tierInstants(instant)[0] ?? 0
            const alone = replayOf(facts, { startAt: startsAt, knownBy: instant, dictionary: ALL_LIGHT }).framesAt(
              instant,
            )
            for (const [id, frame] of alone.books) {
              const shown = frames.books.get(id)
              if (shown === undefined) continue
              for (const { name } of TIERED.filter((definition) => definition.tier === tier && !isOfTick(definition)))
                expect([name, resultsOf(shown)[name]]).toEqual([name, resultsOf(frame)[name]])
            }
          }
        }
      }),
      parameters(10),
    )
  })

  test('by what was known at K says at a later T nothing of what was learnt after K', () => {
    fc.assert(
      fc.property(history({ era: WEEK, ...SHAPE }), fc.nat(9), ({ deliveries, instants }, drawn) => {
        const knownBy = instants[drawn % instants.length] ?? 0
        const startAt = tierInstants(instants[0] ?? 0)[0] ?? 0
        const all = replayOf(recorded(deliveries), { startAt, knownBy })
        const some = replayOf(recorded(deliveries.filter(({ arrivesAt }) => arrivesAt <= knownBy)), {
          startAt,
          knownBy: Number.POSITIVE_INFINITY,
        })
        for (const at of instants) expect(frameBytes(all.framesAt(at))).toBe(frameBytes(some.framesAt(at)))
      }),
      parameters(10),
    )
  })
})

/** Coverage and ages are of the tick, whatever the tier. */
const isOfTick = (definition: MetricDefinition) => isOfFeed(definition) || isAge(definition)

/** The dictionary with every metric of T itself. */
const ALL_LIGHT: readonly MetricDefinition[] = DICTIONARY.map((definition) => ({ ...definition, tier: 'light' }))

/** The dictionary with its metrics spread over the tiers. */
const TIERED: readonly MetricDefinition[] = DICTIONARY.map((definition, index) =>
  isOfTick(definition) ? definition : { ...definition, tier: TIERS[index % TIERS.length] ?? 'light' },
)

/** The facts as a recording holds them: when each was told, and which telling came later. */
function recorded(deliveries: readonly Delivery[]): Fact[] {
  const parse = createLineParser()
  return deliveries.map(({ fact, arrivesAt }, revision) => {
    const knownAt = Number.isFinite(arrivesAt) ? arrivesAt : 0
    const read = parse(toFactLine({ ...fact, knownAt, revision }))
    if ('fact' in read) return read
    throw new Error(read.reason)
  })
}

/** In any order, many of them twice. */
function shuffled(facts: readonly Fact[], drawn: readonly number[]): Fact[] {
  const keyOf = (index: number) => ((drawn[index % drawn.length] ?? 0) + index * 7_919) % 1_000_003
  return facts
    .flatMap((fact, index) => (keyOf(index) % 2 === 0 ? [fact] : [fact, fact]))
    .map((fact, index) => ({ fact, key: keyOf(index) }))
    .sort((a, b) => a.key - b.key)
    .map(({ fact }) => fact)
}
