import fc from 'fast-check'
import { deriveFills, isFinal, spread, waitsForPrice } from '../../../src/compute/fills.js'
import { brokerFill, instant, order } from '../../support/facts.js'

const AT = instant('2026-07-15T14:00:00Z')
const quantity = (units: number) => BigInt(Math.round(units * 1_000)) * 10n ** 6n
const money = (dollars: number) => BigInt(Math.round(dollars * 1_000)) * 10n ** 14n

const row = (raw: object = {}) =>
  order({
    execution_id: 'e',
    submitted_at: AT,
    submitted_qty: 10,
    filled_qty: 10,
    avg_fill_price: 100,
    status: 'filled',
    filled_at: AT + 5_000,
    ...raw,
  })
const broker = (fillId: string, qty: number, price: number, at = AT + 1_000, raw: object = {}) =>
  brokerFill({ execution_id: 'e', fill_id: fillId, at, qty, price, ...raw })

/** What a fill is, in whole units. */
const shown = (fills: ReturnType<typeof deriveFills>) =>
  fills.map(({ fillId, at, quantity, notional }) => [fillId, at - AT, Number(quantity) / 1e9, Number(notional) / 1e17])

describe('the fills of an order', () => {
  test('are one fill of the row where the broker has told nothing', () => {
    expect(shown(deriveFills(row()))).toEqual([['~remainder', 5_000, 10, 1_000]])
  })

  test('happened when the order was submitted where the row has no fill time', () => {
    expect(shown(deriveFills(row({ filled_at: null })))).toEqual([['~remainder', 0, 10, 1_000]])
  })

  test('are the broker’s, and what they leave of the row is one more', () => {
    expect(shown(deriveFills(row(), [broker('b', 3, 99), broker('a', 2, 98, AT + 2_000)]))).toEqual([
      ['b', 1_000, 3, 297],
      ['a', 2_000, 2, 196],
      ['~remainder', 5_000, 5, 507],
    ])
  })

  test('are the broker’s alone before the row shows them', () => {
    const fills = deriveFills(row({ filled_qty: 0, avg_fill_price: null, status: 'new', filled_at: null }), [
      broker('a', 3, 99),
    ])
    expect(shown(fills)).toEqual([['a', 1_000, 3, 297]])
  })

  test('are the broker’s alone where they make up the row', () => {
    expect(shown(deriveFills(row(), [broker('a', 10, 99)]))).toEqual([['a', 1_000, 10, 990]])
  })

  test('are the row’s where a final row shows less', () => {
    const less = { filled_qty: 4, avg_fill_price: 101, status: 'canceled' }
    expect(shown(deriveFills(row(less), [broker('a', 3, 99), broker('b', 3, 99)]))).toEqual([
      ['~remainder', 5_000, 4, 404],
    ])
    expect(deriveFills(row({ filled_qty: 0, avg_fill_price: null, status: 'rejected' }), [broker('a', 3, 99)])).toEqual(
      [],
    )
  })

  test('are the broker’s where a row that is not final shows less', () => {
    const behind = { filled_qty: 4, avg_fill_price: 101, status: 'partially_filled' }
    expect(shown(deriveFills(row(behind), [broker('a', 6, 99)]))).toEqual([['a', 1_000, 6, 594]])
  })

  test('price the rest at the average where the arithmetic leaves nothing', () => {
    expect(shown(deriveFills(row({ filled_qty: 4, avg_fill_price: 1 }), [broker('a', 3, 2)]))).toEqual([
      ['a', 1_000, 3, 6],
      ['~remainder', 5_000, 1, 1],
    ])
    expect(shown(deriveFills(row({ filled_qty: 4, avg_fill_price: 1.5 }), [broker('a', 3, 2)]))).toEqual([
      ['a', 1_000, 3, 6],
      ['~remainder', 5_000, 1, 1.5],
    ])
  })

  test('wait for a price that has not been told', () => {
    const unpriced = row({ avg_fill_price: null })
    expect(deriveFills(unpriced)).toEqual([])
    expect(waitsForPrice(unpriced)).toBe(true)
    expect(shown(deriveFills(unpriced, [broker('a', 3, 99)]))).toEqual([['a', 1_000, 3, 297]])
    expect(waitsForPrice(unpriced, [broker('a', 3, 99)])).toBe(true)
    expect(waitsForPrice(unpriced, [broker('a', 10, 99)])).toBe(false)
    expect(waitsForPrice(row())).toBe(false)
    expect(waitsForPrice(row({ filled_qty: 0, avg_fill_price: null }))).toBe(false)
  })

  test('wait for the price of a final row that wins over its broker fills', () => {
    const unpriced = row({ filled_qty: 4, avg_fill_price: null, status: 'canceled' })
    expect(deriveFills(unpriced, [broker('a', 6, 99)])).toEqual([])
    expect(waitsForPrice(unpriced, [broker('a', 6, 99)])).toBe(true)
  })

  test('leave out a fill of nothing', () => {
    expect(shown(deriveFills(row(), [broker('a', 0, 99)]))).toEqual([['~remainder', 5_000, 10, 1_000]])
  })

  test('of one instant stand by their ids, the rest of the row last', () => {
    const fills = deriveFills(row({ filled_at: AT + 1_000 }), [
      broker('b', 1, 100),
      broker('B', 1, 100),
      broker('9', 1, 100),
    ])
    expect(fills.map(({ fillId }) => fillId)).toEqual(['9', 'B', 'b', '~remainder'])
  })

  test.each(['filled', 'canceled', 'cancelled', 'expired', 'rejected', 'replaced'])('%s is final', (status) =>
    expect(isFinal(status)).toBe(true),
  )
  test.each(['new', 'partially_filled', 'done_for_day', 'held', 'pending_cancel', 'accepted', 'stopped'])(
    '%s is open',
    (status) => expect(isFinal(status)).toBe(false),
  )
})

describe('the cost of an order', () => {
  test('is spread over its fills by notional', () => {
    const fills = deriveFills(row({ costs: 10 }), [broker('a', 3, 100), broker('b', 2, 100)])
    expect(fills.map(({ costs }) => costs.order_records)).toEqual([money(3), money(2), money(5)])
  })

  test('is spread to the last unit', () => {
    const cent = { costs: 0.01, filled_qty: 3 }
    const fills = deriveFills(row(cent), [broker('a', 1, 100), broker('b', 1, 100)])
    expect(fills.map(({ costs }) => costs.order_records)).toEqual([
      333_333_333_333_333n,
      333_333_333_333_334n,
      333_333_333_333_333n,
    ])
  })

  test('may be a rebate', () => {
    const fills = deriveFills(row({ costs: -0.01, filled_qty: 3 }), [broker('a', 2, 100)])
    expect(fills.map(({ costs }) => costs.order_records)).toEqual([-666_666_666_666_667n, -333_333_333_333_333n])
  })

  test('never loses anything, whatever the amount and the weights', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 20n), 10n ** 20n),
        fc.array(fc.bigInt(1n, 10n ** 22n), { minLength: 1 }),
        (amount, weights) => {
          const parts = spread(amount, weights)
          const total = weights.reduce((sum, weight) => sum + weight, 0n)
          expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount)
          parts.forEach((part, index) => {
            const error = part * total - amount * (weights[index] ?? 0n)
            expect(error <= total && error >= -total).toBe(true)
          })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('without weights belongs to nobody', () => {
    expect(spread(5n, [])).toEqual([])
    expect(spread(5n, [0n, 0n])).toEqual([0n, 0n])
  })
})

test('quantities and notionals are exact', () => {
  const [fill] = deriveFills(row({ filled_qty: '0.000000003', avg_fill_price: '0.00000007' }))
  expect(fill).toMatchObject({ quantity: 3n, notional: 21n, side: 'buy', executionId: 'e', submittedAt: AT })
  expect(deriveFills(row({ filled_qty: 7, avg_fill_price: '0.1' }))[0]).toMatchObject({
    quantity: quantity(7),
    notional: money(0.7),
  })
})
