import { dayNumber } from '../../../src/domain/civil-day.js'
import { MONEY_DIGITS, parseScaled, QUANTITY_DIGITS } from '../../../src/domain/exact.js'
import { type FeeRule, RATE_DIGITS, type ScheduledOrder, scheduledCost } from '../../../src/domain/fee-schedule.js'

const scaled = (text: string, digits: number) => parseScaled(text, digits) ?? 0n
const rate = (text: string) => scaled(text, RATE_DIGITS)
const usd = (text: string) => scaled(text, MONEY_DIGITS)

function rule(keys: Partial<FeeRule>): FeeRule {
  return {
    ...{ name: 'fee', side: undefined, adapters: undefined, accounts: undefined, calendar: undefined },
    ...{ from: undefined, until: undefined, perOrder: 0n, perShare: 0n, bps: 0n },
    ...{ minimum: undefined, cap: undefined, rounding: undefined, ...keys },
  }
}

function order(quantity: string, price: string, keys: Partial<ScheduledOrder> = {}): ScheduledOrder {
  const quantityE9 = scaled(quantity, QUANTITY_DIGITS)
  return {
    ...{ side: 'sell', adapter: 'alpaca', account: 'live', calendar: 'XNYS' },
    ...{
      submittedAt: Date.parse('2026-11-20T19:30:00Z'),
      quantity: quantityE9,
      notional: quantityE9 * scaled(price, 8),
    },
    ...keys,
  }
}

const cent = { to: rate('0.01') }
/** 27.80 dollars a million of what is sold, rounded up to the cent. */
const SEC = rule({ side: 'sell', bps: rate('0.278'), rounding: { ...cent, mode: 'up' } })
/** For each share sold, at most 8.30 an order, rounded up to the cent. */
const TAF = rule({ side: 'sell', perShare: rate('0.000166'), cap: rate('8.30'), rounding: { ...cent, mode: 'up' } })
/** For each share bought or sold, rounded to the nearest cent. */
const CAT = rule({ perShare: rate('0.000046'), rounding: { ...cent, mode: 'nearest' } })
const COMMISSION = rule({ adapters: ['lean'], perOrder: rate('0.35'), perShare: rate('0.0035'), minimum: rate('1') })

describe('fees of the shapes that there are', () => {
  test.each<[what: string, rules: FeeRule[], order: ScheduledOrder, cost: string]>([
    ['SEC fee on a sale', [SEC], order('100', '150.25'), '0.42'],
    ['SEC fee that is whole cents', [SEC], order('1000', '100'), '2.78'],
    ['SEC fee of the smallest sale', [SEC], order('0.001', '1'), '0.01'],
    ['SEC fee on a purchase', [SEC], order('100', '150.25', { side: 'buy' }), '0'],
    ['TAF', [TAF], order('1000', '5'), '0.17'],
    ['TAF at its cap', [TAF], order('60000', '5'), '8.30'],
    ['CAT fee below half a cent', [CAT], order('108', '5', { side: 'buy' }), '0'],
    ['CAT fee of half a cent', [CAT], order('108.695652173', '5'), '0'],
    ['CAT fee above half a cent', [CAT], order('108.695652174', '5'), '0.01'],
    ['commission under its minimum', [COMMISSION], order('100', '5', { adapter: 'lean' }), '1'],
    ['commission above its minimum', [COMMISSION], order('1000', '5', { adapter: 'lean' }), '3.85'],
    ['commission of another adapter', [COMMISSION], order('1000', '5'), '0'],
    ['commission of no adapter', [COMMISSION], order('1000', '5', { adapter: undefined }), '0'],
    ['all together', [SEC, TAF, CAT, COMMISSION], order('1000', '100', { adapter: 'lean' }), '6.85'],
    ['of an order without fills', [COMMISSION], order('0', '5', { adapter: 'lean' }), '0'],
  ])('%s', (_, rules, of, cost) => {
    expect(scheduledCost(rules, of)).toBe(usd(cost))
  })
})

test('a half goes up where it is rounded to the nearest', () => {
  const perShare = { perShare: rate('0.005') }
  expect(scheduledCost([rule({ ...perShare, rounding: { ...cent, mode: 'nearest' } })], order('3', '1'))).toBe(
    usd('0.02'),
  )
  expect(scheduledCost([rule({ ...perShare, rounding: { ...cent, mode: 'down' } })], order('3', '1'))).toBe(usd('0.01'))
})

test('the order is amounts, minimum, cap, rounding', () => {
  const keys = { perOrder: rate('0.111'), minimum: rate('0.333'), rounding: { ...cent, mode: 'down' as const } }
  expect(scheduledCost([rule(keys)], order('1', '1'))).toBe(usd('0.33'))
  expect(scheduledCost([rule({ ...keys, cap: rate('0.229') })], order('1', '1'))).toBe(usd('0.22'))
  expect(scheduledCost([rule({ ...keys, cap: rate('0.229'), rounding: undefined })], order('1', '1'))).toBe(
    usd('0.229'),
  )
})

test('amounts of one rule are summed exactly; only what money cannot hold is rounded', () => {
  const tiny = rule({ perOrder: rate('0.1'), perShare: rate('0.000000000001'), bps: rate('0.000000000001') })
  expect(scheduledCost([tiny], order('0.000000001', '0.00000001'))).toBe(usd('0.1'))
  expect(scheduledCost([tiny], order('100000', '10'))).toBe(usd('0.1000001001'))
  expect(scheduledCost([tiny, tiny], order('100000', '10'))).toBe(2n * usd('0.1000001001'))
})

test('a rate holds from its first day until the first on which it no longer does, in UTC, by the submit', () => {
  const dated = [
    rule({ perOrder: rate('1'), until: dayNumber(2026, 11, 20) }),
    rule({ perOrder: rate('2'), from: dayNumber(2026, 11, 20), until: dayNumber(2026, 11, 21) }),
  ]
  const costAt = (submittedAt: string) =>
    scheduledCost(dated, order('1', '1', { submittedAt: Date.parse(submittedAt) }))
  expect(costAt('2026-11-19T23:59:59.999Z')).toBe(usd('1'))
  expect(costAt('2026-11-20T00:00:00Z')).toBe(usd('2'))
  expect(costAt('2026-11-20T23:59:59.999Z')).toBe(usd('2'))
  expect(costAt('2026-11-21T00:00:00Z')).toBe(0n)
})

test('a schedule that does not speak of an account or its calendar is no source of its costs', () => {
  const rules = [rule({ accounts: ['live', 'other'], calendar: 'XNYS', side: 'buy', perOrder: rate('1') })]
  expect(scheduledCost(rules, order('1', '1'))).toBe(0n)
  expect(scheduledCost(rules, order('1', '1', { account: 'paper' }))).toBeUndefined()
  expect(scheduledCost(rules, order('1', '1', { calendar: '24x7' }))).toBeUndefined()
  expect(scheduledCost([], order('1', '1'))).toBeUndefined()
})

test('signs of quantity and notional do not matter', () => {
  const both = rule({ perShare: rate('0.01'), bps: rate('1') })
  const of = order('10', '100')
  expect(scheduledCost([both], { ...of, quantity: -of.quantity, notional: -of.notional })).toBe(usd('0.2'))
})
