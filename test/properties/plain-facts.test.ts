import fc from 'fast-check'
import { parseScaled } from '../../src/domain/exact.js'
import { parseBySchema, parseFact } from '../../src/domain/facts.js'
import { plainDecision, plainExecution, plainPositionSnapshot } from '../../src/domain/plain-facts.js'
import { parseIso } from '../../src/domain/time.js'
import { parameters } from './parameters.js'

/** Values as rows bring them: mostly right, and whatever else a field can hold. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    ' ',
    0,
    -1,
    1.5,
    'NaN',
    '-0',
    '+1',
    '.5',
    '5.',
    '1e3',
    '0x10',
    true,
    [],
    {},
  ),
  fc.string({ maxLength: 12 }),
)
const mostly = (usual: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: odd })
const sometimes = (usual: fc.Arbitrary<unknown>) => mostly(fc.oneof(fc.constant(null), fc.constant(undefined), usual))
const decimal = fc
  .tuple(fc.integer({ min: 0, max: 10 ** 12 }), fc.integer({ min: 0, max: 20 }), fc.constantFrom('', '', '-'))
  .map(([unscaled, digits, sign]) => {
    const text = String(unscaled).padStart(digits + 1, '0')
    return sign + (digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`)
  })
const two = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'))
const moment = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    ...[two(13), two(32)],
    fc.constantFrom('T', ' '),
    ...[two(24), two(60), two(60)],
    fc.constantFrom('', '.1', '.123', '.123456', '.9999999'),
    fc.constantFrom('Z', '+00:00', '+00', '+05:30', '-0400', ''),
  )
  .map(([year, month, day, separator, hour, minute, second, fraction, zone]) =>
    [year, '-', month, '-', day, separator, hour, ':', minute, ':', second, fraction, zone].join(''),
  )
const name = fc.constantFrom('a', 'live', 'x'.repeat(256), 'x'.repeat(257))
const symbol = fc.constantFrom('AAPL', 'btc/usd', 'BRK.B', 'x'.repeat(65))

const execution = fc.record({
  execution_id: mostly(name),
  decision_id: sometimes(name),
  strategy_id: sometimes(name),
  account: mostly(name),
  symbol: mostly(symbol),
  side: mostly(fc.constantFrom('buy', 'sell')),
  order_type: sometimes(name),
  limit_price: sometimes(decimal),
  submitted_qty: mostly(decimal),
  notional: sometimes(decimal),
  filled_qty: mostly(decimal),
  avg_fill_price: sometimes(decimal),
  status: mostly(name),
  adapter: sometimes(name),
  expected_adapter: sometimes(name),
  submitted_at: mostly(moment),
  filled_at: sometimes(moment),
  ended_at: sometimes(moment),
  replaces: sometimes(name),
  costs: sometimes(decimal),
  at: mostly(moment),
})
const number = fc.oneof(
  decimal,
  fc.double().map(String),
  fc.constantFrom('0.75', '-1', 'Infinity', '1e400', '0x10', ' 2 '),
)
const reasons = fc.array(mostly(fc.constantFrom('max_notional', 'alpaca_order_rejected: 403')), { maxLength: 2 })
const decision = fc.record({
  decision_id: mostly(name),
  strategy_id: mostly(name),
  account: mostly(name),
  symbol: mostly(symbol),
  action: mostly(fc.constantFrom('buy', 'sell')),
  qty: sometimes(decimal),
  price: sometimes(decimal),
  status: mostly(name),
  veto_reasons: sometimes(reasons),
  broker_reject_reasons: sometimes(reasons),
  confidence: sometimes(number),
  context_freshness_seconds: sometimes(number),
  context_quality: sometimes(number),
  reviewed_at: sometimes(moment),
  at: mostly(moment),
})
const position = fc.record({
  symbol: mostly(symbol),
  qty: mostly(decimal),
  avg_entry_price: sometimes(decimal),
  mark: sometimes(decimal),
})
const snapshot = fc.record({
  account: mostly(name),
  at: mostly(moment),
  equity: mostly(decimal),
  cash: mostly(decimal),
  buying_power: sometimes(decimal),
  positions: mostly(fc.array(mostly(position), { maxLength: 3 })),
})

/** What is right in every field, so that the quick way is taken. */
const RIGHT = {
  execution_id: 'e',
  ...{ account: 'live', symbol: 'btc/usd', side: 'buy', submitted_qty: '10', filled_qty: '2.50000000', status: 'new' },
  ...{
    submitted_at: '2026-11-20T19:30:00.123456+00:00',
    at: '2026-11-20 19:30:00.5+00',
    avg_fill_price: '100.25000000',
  },
}

test.each([
  ['decision', decision],
  ['execution', execution],
  ['position_snapshot', snapshot],
] as const)('the quick way and the schema agree on every %s', (kind, rows) => {
  fc.assert(
    fc.property(rows, (raw) => expect(parseFact(kind, raw)).toEqual(parseBySchema(kind, raw))),
    parameters(2_000),
  )
})

test('the quick way is taken for rows as databases write them', () => {
  const positions = [{ symbol: 'AAPL', qty: '-3', avg_entry_price: '1.5', mark: null }]
  const decided = { decision_id: 'd', strategy_id: 's', account: 'live', symbol: 'btc/usd', action: 'buy', qty: '10' }
  const reviewed = { confidence: '0.7500', context_freshness_seconds: '42.5', reviewed_at: '2026-11-20T19:31:00Z' }
  const vetoed = { status: 'rejected', veto_reasons: ['max_notional'], broker_reject_reasons: [], price: '100.25' }
  const row = { ...decided, ...reviewed, ...vetoed, at: '2026-11-20 19:30:00.5+00' }
  expect(plainDecision(row)).toEqual(parseBySchema('decision', row))
  expect(plainExecution(RIGHT)).toEqual(parseBySchema('execution', RIGHT))
  const whole = { account: 'live', at: '2026-11-20T19:30:00Z', equity: '1000.00000000', cash: '-12.5', positions }
  expect(plainPositionSnapshot(whole)).toEqual(parseBySchema('position_snapshot', whole))
})

test('what files alone may bring is left to the schema', () => {
  expect(plainExecution({ ...RIGHT, known_at: '2026-11-20T19:30:00Z' })).toBeUndefined()
})

test('a number reads the same in the quick way and, with a space before it, in the other', () => {
  fc.assert(
    fc.property(
      fc.oneof(decimal, fc.string({ unit: fc.constantFrom(...'0123456789.-+e ') })),
      fc.nat(17),
      (text, digits) => expect(parseScaled(text, digits)).toBe(parseScaled(` ${text}`, digits)),
    ),
    parameters(2_000),
  )
})

test('a time in UTC reads the same in the quick way and, with the zone written as none does, in the other', () => {
  fc.assert(
    fc.property(moment, (text) => expect(parseIso(text)).toBe(parseIso(text.replace(/(?:Z|\+00:00|\+00)$/, '-00:00')))),
    parameters(2_000),
  )
})
