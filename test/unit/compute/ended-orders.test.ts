import type { Fact } from '../../../src/domain/facts.js'
import { answered, applyAll, createEngine } from '../../support/engine.js'
import { bar, decision, instant, order, signal } from '../../support/facts.js'

/** METRICS section 4, histograms: an order is observed once, when it has ended, and only if first seen after the start. */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const START = at('10:00:00')

const row = (raw: Record<string, unknown> = {}) =>
  order({
    execution_id: 'e',
    decision_id: 'd',
    submitted_at: at('10:00:10'),
    submitted_qty: 10,
    adapter: 'lean',
    ...raw,
  })
const filledRow = row({
  filled_qty: 10,
  avg_fill_price: 101,
  filled_at: at('10:00:12'),
  ended_at: at('10:00:12'),
  status: 'filled',
  costs: 1,
})
const decided = decision({ decision_id: 'd', at: at('10:00:09'), price: 100, status: 'submitted' })
const quote = signal('AAA', at('10:00:05'), { bid: 100.4, ask: 100.6 })

/** Ticks at each of the times, after the facts that come with it; what was told of at each. */
function told(history: readonly Fact[], ...steps: readonly (readonly [time: string, facts: readonly Fact[]])[]) {
  const engine = createEngine({ startAt: START })
  applyAll(engine, history)
  engine.tick(START, answered(START))
  const before = engine.takeEndedOrders()
  const each = steps.map(([time, facts]) => {
    applyAll(engine, facts)
    engine.tick(at(time), answered(at(time)))
    return engine.takeEndedOrders()
  })
  return [before, ...each]
}

test('an order is told of when it has ended, once, with all that is known of it', () => {
  const [before, open, ended, after, again] = told(
    [decided],
    ['10:00:11', [row()]],
    ['10:00:12', [filledRow, quote]],
    ['10:00:13', []],
    ['10:00:14', [{ ...filledRow, costs: 0n }]],
  )
  expect([before, open, after, again]).toEqual([[], [], [], []])
  expect(ended).toEqual([
    {
      strategyId: 's1',
      account: 'PA1',
      adapter: 'lean',
      slippageBps: 5_000 / 100.5,
      shortfallBps: ((10 + 1) / 1_000) * 10_000,
      decisionToSubmitSeconds: 1,
      submitToFillSeconds: 2,
    },
  ])
})

test('what was there at the start is history, also when it ends later', () => {
  const early = { submittedAt: at('09:59:00') }
  expect(told([decided, { ...row(), ...early }], ['10:00:12', [{ ...filledRow, ...early }]])).toEqual([[], []])
  expect(told([decided, { ...filledRow, ...early, endedAt: at('09:59:30') }])).toEqual([[]])
})

test('an order whose end lies ahead is told of when it is reached', () => {
  const ahead = { ...filledRow, endedAt: at('10:00:20') }
  const counts = told([], ['10:00:13', [ahead]], ['10:00:19', []], ['10:00:20', []]).map((orders) => orders.length)
  expect(counts).toEqual([0, 0, 0, 1])
})

test('what cannot be told of an order is left out', () => {
  const expired = row({ decision_id: null, adapter: null, ended_at: at('10:00:12'), status: 'expired' })
  const [, orders] = told([], ['10:00:12', [expired, bar('AAA', at('10:00:11'), 100)]])
  expect(orders).toEqual([
    {
      ...{ strategyId: 's1', account: 'PA1', adapter: undefined },
      ...{ slippageBps: undefined, shortfallBps: undefined },
      ...{ decisionToSubmitSeconds: undefined, submitToFillSeconds: undefined },
    },
  ])
})

test('a reject is no end', () => {
  expect(told([], ['10:00:12', [row({ ended_at: at('10:00:12'), status: 'rejected' })]])).toEqual([[], []])
})
