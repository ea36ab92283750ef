import fc from 'fast-check'
import type { FrameSet } from '../../src/domain/frame.js'
import { AT_ONCE, expectSameFrames, tierInstants } from '../support/engine.js'
import { type History, history, MONTH, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { RunningProcess } from './processes.js'
import { settingsOf } from './schedule.js'

const TRADING = { orders: 8, snapshots: 6, barRuns: 5 }
/** Few orders, many snapshots and flows, in two books: whose an account's equity is. */
const WATCHED = { orders: 4, snapshots: 20, barRuns: 4, flows: 4, books: 2 } as const

describe('several shards say together what one process says', () => {
  test.each([
    ['in a week of sessions, half days and closed hours', WEEK, TRADING, 40],
    ['over a month with holidays', MONTH, TRADING, 15],
    ['in a week of many snapshots and flows', WEEK, WATCHED, 30],
  ])('%s', (_, era, shape, numRuns) => {
    fc.assert(
      fc.property(
        history({ era, ...shape, instants: 12 }),
        fc.integer({ min: 2, max: 4 }),
        ({ deliveries, instants, hasSchedule }, count) => {
          const parts = { settings: { ...AT_ONCE, ...settingsOf({ hasSchedule }) } }
          const processOf = (shard: { index: number; count: number }) =>
            new RunningProcess(deliveries, (instants[0] ?? 0) - 1, { ...parts, shard })
          const one = processOf({ index: 0, count: 1 })
          const shards = Array.from({ length: count }, (_, index) => processOf({ index, count }))
          for (const at of instants) expectSameTogether(one, shards, (process) => process.framesAt(at))
        },
      ),
      parameters(numRuns),
    )
  })

  test('with slower tiers of their own instants', () => {
    fc.assert(
      fc.property(history({ era: WEEK, ...TRADING, instants: 8 }), ({ deliveries, instants, hasSchedule }: History) => {
        const parts = { settings: settingsOf({ hasSchedule }) }
        const startAt = tierInstants(instants[0] ?? 0)[0] ?? 0
        const processOf = (shard: { index: number; count: number }) =>
          RunningProcess.startedAt(startAt, deliveries, { ...parts, shard })
        const shards = [0, 1, 2].map((index) => processOf({ index, count: 3 }))
        const one = processOf({ index: 0, count: 1 })
        for (const at of instants) expectSameTogether(one, shards, (process) => process.framesOfTiers(at))
      }),
      parameters(20),
    )
  })
})

/** Fails where a book or an account is on no shard or on two, or a shard says something else of it than one process does. */
function expectSameTogether(
  one: RunningProcess,
  shards: readonly RunningProcess[],
  framesOf: (process: RunningProcess) => FrameSet,
): void {
  const expected = framesOf(one)
  const sets = shards.map(framesOf)
  const [books, accounts] = [sets.flatMap((set) => [...set.books]), sets.flatMap((set) => [...set.accounts])]
  expect(books.map(([id]) => id).sort()).toEqual([...expected.books.keys()])
  expect(accounts.map(([label]) => label).sort()).toEqual([...expected.accounts.keys()])
  expectSameFrames({ ...expected, books: sortedMap(books), accounts: sortedMap(accounts) }, expected)
  for (const set of sets) {
    expect([...set.books.keys(), ...(set.elsewhere?.keys() ?? [])].sort()).toEqual([...expected.books.keys()])
    expect(adaptersOf(set)).toEqual(adaptersOf(expected))
  }
  for (const [id, { seq }] of books) expect([id, seq]).toEqual([id, expected.books.get(id)?.seq])
  expect(sumOf(shards)).toEqual({ ...one.engine.factCounts, rejected: 0 })
  expect(sortedMap(endedOf(...shards))).toEqual(sortedMap(endedOf(one)))
}

/** Which adapters take orders in which account: whether a simulation alone trades there depends on it. */
function adaptersOf({ books, elsewhere = new Map() }: FrameSet): string[] {
  const own = [...books.values()].flatMap(({ book, byAdapter }) =>
    [...byAdapter.keys()].map((adapter) => `${book.account} ${adapter}`),
  )
  const others = [...elsewhere.values()].flatMap(({ book, adapters }) =>
    adapters.map((adapter: string) => `${book.account} ${adapter}`),
  )
  return [...new Set([...own, ...others])].sort()
}

function sumOf(shards: readonly RunningProcess[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { engine } of shards)
    for (const [name, count] of Object.entries(engine.factCounts)) sums[name] = (sums[name] ?? 0) + count
  return sums
}

function endedOf(...shards: readonly RunningProcess[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const { engine } of shards)
    for (const order of engine.takeEndedOrders()) {
      const text = JSON.stringify(order)
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
  return [...counts]
}

function sortedMap<Value>(entries: readonly (readonly [string, Value])[]): Map<string, Value> {
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}
