import { brokerFillsOf, fillFacts } from '../../../src/ingest/postgres/broker-fills.js'
import { fillsOf, type OrderEvent, orderEventsOf, timesOf } from '../../../src/ingest/postgres/order-events.js'

const T = Date.parse('2026-11-20T19:30:00Z')
const at = (second: number) => new Date(T + second * 1_000).toISOString()
const E8 = 100_000_000n
const E9 = 1_000_000_000n

/** An event as the projection lists it; `total` and `average` are those of the row. */
function event(
  second: number,
  type: string,
  values: {
    total?: string
    average?: string
    basis?: string
    delta?: string
    notional?: string
  } = {},
): readonly unknown[] {
  const { total = '0', average, basis, delta, notional } = values
  const nullable = (value: string | undefined) => value ?? null
  const rest = [nullable(average), nullable(basis), nullable(delta), nullable(notional)]
  return [`event-${second}`, type, at(second), at(second + 1), total, ...rest]
}

const shortly = (events: readonly (readonly unknown[])[], rowQty: bigint) =>
  fillsOf(orderEventsOf(events), rowQty).map(({ qty, price }) => [qty, price])

describe('fills that order events tell', () => {
  test('are the differences of cumulative events, priced by the difference of their notionals', () => {
    const events = [
      event(1, 'new'),
      event(2, 'partial_fill', { total: '4', average: '100', basis: 'cumulative' }),
      event(3, 'fill', { total: '10', average: '100.6', basis: 'cumulative' }),
    ]
    expect(shortly(events, 10n * E9)).toEqual([
      [4n * E9, 100n * E8],
      [6n * E9, 101n * E8],
    ])
  })

  test('take the stated difference where there is one, also after a gap, and its notional', () => {
    const events = [event(3, 'fill', { total: '10', average: '100', basis: 'cumulative', delta: '2', notional: '203' })]
    expect(shortly(events, 10n * E9)).toEqual([[2n * E9, 10_150_000_000n]])
  })

  test('are quantity and price of each event where it says that they are its own', () => {
    const events = [
      event(2, 'partial_fill', { total: '4', average: '100', basis: 'delta' }),
      event(3, 'fill', { total: '6', average: '101', basis: 'delta' }),
    ]
    expect(shortly(events, 10n * E9)).toEqual([
      [4n * E9, 100n * E8],
      [6n * E9, 101n * E8],
    ])
  })

  test('ignore a cumulative event that adds nothing: a repeat', () => {
    const events = [
      event(2, 'partial_fill', { total: '4', average: '100', basis: 'cumulative', delta: '4' }),
      event(3, 'partial_fill', { total: '4', average: '100', basis: 'cumulative', delta: '4' }),
    ]
    expect(shortly(events, 4n * E9)).toEqual([
      [4n * E9, 100n * E8],
      [0n, undefined],
    ])
  })

  test('without a basis are cumulative when they never fall and end at the row’s quantity', () => {
    const events = [
      event(2, 'partial_fill', { total: '4', average: '100' }),
      event(3, 'fill', { total: '10', average: '100.6' }),
    ]
    expect(shortly(events, 10n * E9)).toEqual([
      [4n * E9, 100n * E8],
      [6n * E9, 101n * E8],
    ])
  })

  test.each([
    ['end before the row', ['4', '8'], 10n],
    ['end behind the row', ['4', '12'], 10n],
    ['fall', ['6', '4'], 4n],
  ])('without a basis say nothing when they %s', (_, [first, second], rowQty) => {
    const events = [
      event(2, 'partial_fill', { total: first ?? '', average: '100' }),
      event(3, 'fill', { total: second ?? '', average: '100' }),
    ]
    expect(shortly(events, rowQty * E9)).toEqual([
      [0n, undefined],
      [0n, undefined],
    ])
  })

  test('say nothing where the price is missing or the quantity is no number', () => {
    const events = [
      event(2, 'partial_fill', { total: '4', basis: 'cumulative' }),
      event(3, 'partial_fill', { total: 'NaN', average: '100', basis: 'cumulative' }),
    ]
    expect(shortly(events, 4n * E9)).toEqual([
      [0n, undefined],
      [0n, undefined],
    ])
  })

  test('become facts under the event’s id, and one that says nothing takes back what it said before', () => {
    const events = orderEventsOf([
      event(2, 'partial_fill', { total: '4', average: '100', basis: 'cumulative' }),
      event(3, 'fill', { total: '4', average: '100', basis: 'cumulative' }),
    ])
    const fills = brokerFillsOf(fillsOf(events, 4n * E9), [], 4n * E9)
    const { facts, rejections } = fillFacts({ executionId: 'order', account: 'live' }, fills)
    expect(rejections).toEqual([])
    expect(facts).toMatchObject([
      { fact: 'retraction', of: 'fill', identity: ['order', 'event-3'], at: T + 3_000 },
      { fact: 'fill', executionId: 'order', fillId: 'event-2', at: T + 2_000, qty: 4n * E9, price: 100n * E8 },
    ])
  })
})

describe('times that order events tell', () => {
  const timesFor = (events: readonly (readonly unknown[])[], rowQty: bigint) => {
    const list: OrderEvent[] = orderEventsOf(events)
    return timesOf(list, fillsOf(list, rowQty), rowQty)
  }

  test('submit is the first new or accepted, an end the last of its kind', () => {
    const times = timesFor([event(1, 'accepted'), event(2, 'NEW'), event(5, 'canceled'), event(6, 'cancelled')], 0n)
    expect(times.submittedAt).toBe(at(1))
    expect(times.endedAt('canceled')).toBe(at(6))
    expect(times.endedAt('expired')).toBeUndefined()
    expect(times.filledAt).toBeUndefined()
  })

  test('the fill is the last event that says filled, or a part that reaches the row’s quantity', () => {
    const part = event(2, 'partial_fill', { total: '4', average: '100', basis: 'cumulative' })
    expect(
      timesFor([part, event(3, 'fill', { total: '10', average: '100', basis: 'cumulative' })], 10n * E9).filledAt,
    ).toBe(at(3))
    expect(timesFor([part], 4n * E9).filledAt).toBe(at(2))
    expect(timesFor([part], 10n * E9).filledAt).toBeUndefined()
  })

  test('an event without a time dates nothing', () => {
    const untimed = ['event-1', 'new', null, at(1), '0', null, null, null, null]
    expect(timesFor([untimed], 0n).submittedAt).toBeUndefined()
  })
})

test.each([null, undefined, 'text', {}, [null, 'x']])('reads %p as no events', (list) => {
  expect(orderEventsOf(list)).toEqual([])
})
