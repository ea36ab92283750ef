import { type Activity, activitiesOf, chainsOf } from '../../../src/ingest/postgres/activities.js'
import { brokerFillsOf, fillFacts } from '../../../src/ingest/postgres/broker-fills.js'
import type { EventFill } from '../../../src/ingest/postgres/order-events.js'
import { E8, E9, type ListedActivity, listed, T } from './listed-activity.js'

const chains = (...activities: readonly ListedActivity[]) => chainsOf(activitiesOf(activities.map(listed)))
const shortly = (...activities: readonly ListedActivity[]) =>
  chains(...activities).map(({ id, head, otherIds }) => [id, head.id, ...otherIds])

describe('corrections', () => {
  test('stand in the place of what they correct, over several steps, whatever came first', () => {
    const [first, second, third] = [{ id: 'a' }, { id: 'b', corrects: 'a' }, { id: 'c', corrects: 'b' }]
    expect(shortly(first, second, third)).toEqual([['a', 'c', 'b', 'c']])
    expect(shortly(third, second, first)).toEqual([['a', 'c', 'c', 'b']])
    expect(shortly(first, { id: 'other' }, second)).toEqual([
      ['a', 'b', 'b'],
      ['other', 'other'],
    ])
  })

  test('of one activity twice: the later counts', () => {
    expect(shortly({ id: 'a' }, { id: 'b', corrects: 'a' }, { id: 'c', corrects: 'a' })).toEqual([['a', 'c', 'b', 'c']])
  })

  test('of an activity that is not known, or of itself, count as themselves', () => {
    expect(shortly({ id: 'b', corrects: 'unheard-of' })).toEqual([['b', 'b']])
    expect(shortly({ id: 'b', corrects: 'b' })).toEqual([['b', 'b']])
  })

  test('in a circle come to an end', () => {
    const circle = chains({ id: 'a', corrects: 'b' }, { id: 'b', corrects: 'a' })
    expect(circle.map(({ id }) => id)).toEqual(['b', 'a'])
  })

  test('an id that is repeated counts once', () => {
    expect(shortly({ id: 'a' }, { id: 'a' })).toEqual([['a', 'a']])
  })
})

test('an activity is dated by its time, else by its day, else by when it was first seen', () => {
  const atOf = (activity: ListedActivity) => activitiesOf([listed(activity)])[0]?.at
  expect(atOf({ eventAt: '2026-11-20T15:00:00+00:00', settleDate: '2026-11-23' })).toBe('2026-11-20T15:00:00+00:00')
  expect(atOf({ eventAt: null, settleDate: '2026-11-23' })).toBe('2026-11-23T00:00:00Z')
  expect(atOf({ eventAt: null })).toBe('2026-11-20T19:31:00+00:00')
})

test.each([null, undefined, 'text', {}, [null, 'x']])('reads %p as no activities', (list) => {
  expect(activitiesOf(list)).toEqual([])
})

describe('the fills of an order', () => {
  const event = (id: string, qty: bigint): EventFill => ({
    event: {
      ...{ id, type: 'fill', at: new Date(T + 1_000).toISOString(), createdAt: new Date(T + 2_000).toISOString() },
      ...{ filledQty: qty, averagePrice: 100n * E8, basis: 'delta', qtyDelta: undefined, notionalDelta: undefined },
    },
    qty,
    price: 100n * E8,
  })
  const fill = (id: string, quantity: string, values: Partial<ListedActivity> = {}): ListedActivity => ({
    ...{ id, type: 'FILL', quantity, price: '101', amount: null, isOfOrder: true, ...values },
  })
  const told = (events: readonly EventFill[], activities: readonly ListedActivity[], rowQty: bigint) => {
    const { facts, rejections } = fillFacts(
      { executionId: 'order', account: 'live' },
      brokerFillsOf(events, chains(...activities), rowQty),
    )
    expect(rejections).toEqual([])
    return {
      fills: facts.flatMap((fact) => (fact.fact === 'fill' ? [[fact.fillId, fact.qty, fact.price, fact.costs]] : [])),
      gone: facts.flatMap((fact) => (fact.fact === 'retraction' ? [[fact.of, ...fact.identity]] : [])),
    }
  }

  test('are the activities where they cover the row’s quantity, and the events are taken back', () => {
    const expected = {
      fills: [
        ['x', 4n * E9, 101n * E8, undefined],
        ['y', 6n * E9, 101n * E8, undefined],
      ],
      gone: [['fill', 'order', 'event']],
    }
    const activities = [fill('x', '4'), fill('y', '6')]
    expect(told([event('event', 10n * E9)], activities, 10n * E9)).toEqual(expected)
    expect(told([event('event', 10n * E9)], activities, 4n * E9)).toEqual(expected)
    expect(told([event('event', 10n * E9)], activities, 0n)).toEqual(expected)
  })

  test('are the events where the activities do not, or not yet, and the activities are taken back', () => {
    expect(told([event('event', 10n * E9)], [fill('x', '4')], 10n * E9)).toEqual({
      fills: [['event', 10n * E9, 100n * E8, undefined]],
      gone: [['fill', 'order', 'x']],
    })
    expect(told([event('event', 1n * E9)], [], 0n).fills).toHaveLength(1)
  })

  test('are those of the last correction, under the id of the first; a correction to nothing busts one', () => {
    const corrected = [fill('x', '10'), fill('y', '10', { corrects: 'x', price: '102' })]
    expect(told([], corrected, 10n * E9)).toEqual({
      fills: [['x', 10n * E9, 102n * E8, undefined]],
      gone: [['fill', 'order', 'y']],
    })
    const busted = [...corrected, fill('z', '0', { corrects: 'y' })]
    expect(told([event('event', 10n * E9)], busted, 10n * E9)).toEqual({
      fills: [['event', 10n * E9, 100n * E8, undefined]],
      gone: ['x', 'y', 'z'].map((id) => ['fill', 'order', id]),
    })
  })

  test('are magnitudes, and never of another currency, without a price, or of another type', () => {
    expect(told([], [fill('x', '-10')], 10n * E9).fills).toEqual([['x', 10n * E9, 101n * E8, undefined]])
    const unusable = [
      fill('a', '10', { currency: 'EUR' }),
      fill('b', '10', { price: null }),
      fill('c', 'NaN'),
      fill('d', '10', { type: 'ORDER' }),
    ]
    expect(told([], unusable, 10n * E9)).toEqual({
      fills: [],
      gone: ['a', 'b', 'c', 'd'].map((id) => ['fill', 'order', id]),
    })
  })

  test('and its fees: fills of nothing with a cost, which are fees of the account no more', () => {
    const fees = [
      { id: 'fee', type: 'FEE', amount: '-0.07', isOfOrder: true },
      { id: 'rebate', type: 'PTR', amount: '0.02', isOfOrder: true },
      { id: 'coin', type: 'CFEE', amount: null, quantity: '-0.001', isOfOrder: true },
    ]
    expect(told([], fees, 0n)).toEqual({
      fills: [
        ['fee', 0n, E8, 7_000_000_000_000_000n],
        ['rebate', 0n, E8, -2_000_000_000_000_000n],
      ],
      gone: [
        ['fill', 'order', 'coin'],
        ['cash_flow', 'live', 'fee'],
        ['cash_flow', 'live', 'rebate'],
      ],
    })
  })

  test('end with the last of the activities that are believed', () => {
    const at = (second: number): Partial<ListedActivity> => ({ eventAt: new Date(T + second * 1_000).toISOString() })
    const activities = [fill('x', '4', at(9)), fill('y', '6', at(5))]
    expect(brokerFillsOf([], chains(...activities), 10n * E9).lastActivityAt).toBe(at(9).eventAt)
    expect(brokerFillsOf([], chains(...activities), 11n * E9).lastActivityAt).toBeUndefined()
  })
})

test('numbers that are none are undefined, and that there was an amount is known', () => {
  const [activity] = activitiesOf([listed({ amount: 'NaN', quantity: '', price: 'x' })])
  expect(activity).toMatchObject<Partial<Activity>>({ hasAmount: true, netAmount: undefined, quantity: undefined })
})
