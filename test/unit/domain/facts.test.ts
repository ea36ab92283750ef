import { FACT_SCHEMAS, type FactKind, parseBySchema, parseFact } from '../../../src/domain/facts.js'

const AT = Date.UTC(2026, 6, 15, 14, 30)
const AT_TEXT = '2026-07-15T10:30:00-04:00'
const quantity = (units: number) => BigInt(units) * 10n ** 9n
const price = (cents: number) => BigInt(cents) * 10n ** 6n
const money = (cents: number) => BigInt(cents) * 10n ** 15n

interface Example {
  /** As a file or a source hands it in; the required fields alone. */
  readonly raw: Record<string, unknown>
  /** Fields that may be absent or null. */
  readonly more: Record<string, unknown>
  readonly parsed: Record<string, unknown>
  readonly parsedMore: Record<string, unknown>
}

/** One of each kind; numbers are given as JSON numbers here, and once more as decimal strings below. */
const EXAMPLES: Record<FactKind, Example> = {
  strategy: {
    raw: { strategy_id: 's-1', name: 'intraday', enabled: true },
    more: { calendar: '24x7', accounts: ['PA1', 'PA2'], universe: ['BTC/USD', 'ETH/USD'], benchmark: 'BTC/USD' },
    parsed: { strategyId: 's-1', name: 'intraday', enabled: true },
    parsedMore: { calendar: '24x7', accounts: ['PA1', 'PA2'], universe: ['BTCUSD', 'ETHUSD'], benchmark: 'BTCUSD' },
  },
  instrument: {
    raw: { symbol: 'BTC/USD' },
    more: { multiplier: 1, lot_size: 0.000000001, currency: 'USD' },
    parsed: { symbol: 'BTCUSD' },
    parsedMore: { multiplier: quantity(1), lotSize: 1n, currency: 'USD' },
  },
  decision: {
    raw: { decision_id: 'd-1', strategy_id: 's-1', account: 'PA1', symbol: 'AAPL', action: 'buy', status: 'blocked' },
    more: {
      qty: 10,
      price: 190.25,
      veto_reasons: ['max_notional'],
      broker_reject_reasons: [],
      confidence: 0.75,
      context_freshness_seconds: 42.5,
      context_quality: 0.9,
      reviewed_at: AT + 1_500,
    },
    parsed: { decisionId: 'd-1', strategyId: 's-1', account: 'PA1', symbol: 'AAPL', action: 'buy', status: 'blocked' },
    parsedMore: {
      qty: quantity(10),
      price: price(19_025),
      vetoReasons: ['max_notional'],
      brokerRejectReasons: [],
      confidence: 0.75,
      contextFreshnessSeconds: 42.5,
      contextQuality: 0.9,
      reviewedAt: AT + 1_500,
    },
  },
  execution: {
    raw: {
      execution_id: 'e-1',
      account: 'PA1',
      symbol: 'AAPL',
      side: 'sell',
      submitted_qty: 10,
      filled_qty: 0,
      status: 'partially_filled',
      submitted_at: AT_TEXT,
    },
    more: {
      decision_id: 'd-1',
      strategy_id: 's-1',
      order_type: 'limit',
      limit_price: 190.5,
      notional: 1905,
      avg_fill_price: 190.5,
      adapter: 'alpaca',
      expected_adapter: 'lean',
      venue: 'XNAS',
      filled_at: AT + 1_000,
      ended_at: '2026-07-15T14:30:02Z',
      replaces: 'e-0',
      costs: 0.35,
    },
    parsed: {
      executionId: 'e-1',
      account: 'PA1',
      symbol: 'AAPL',
      side: 'sell',
      submittedQty: quantity(10),
      filledQty: 0n,
      status: 'partially_filled',
      submittedAt: AT,
    },
    parsedMore: {
      decisionId: 'd-1',
      strategyId: 's-1',
      orderType: 'limit',
      limitPrice: price(19_050),
      notional: money(190_500),
      avgFillPrice: price(19_050),
      adapter: 'alpaca',
      expectedAdapter: 'lean',
      venue: 'XNAS',
      filledAt: AT + 1_000,
      endedAt: AT + 2_000,
      replaces: 'e-0',
      costs: money(35),
    },
  },
  fill: {
    raw: { execution_id: 'e-1', fill_id: 'f-1', qty: 4, price: 190.49 },
    more: { costs: 0.14 },
    parsed: { executionId: 'e-1', fillId: 'f-1', qty: quantity(4), price: price(19_049) },
    parsedMore: { costs: money(14) },
  },
  position_snapshot: {
    raw: { account: 'PA1', equity: 100_000, cash: -500.5, positions: [] },
    more: { buying_power: 200_000 },
    parsed: { account: 'PA1', equity: money(10_000_000), cash: money(-50_050), positions: [] },
    parsedMore: { buyingPower: money(20_000_000) },
  },
  cash_flow: {
    raw: { account: 'PA1', flow_id: 'c-1', amount: -250.5, kind: 'withdrawal' },
    more: { symbol: 'AAPL', qty: 10 },
    parsed: { account: 'PA1', flowId: 'c-1', amount: money(-25_050), kind: 'withdrawal' },
    parsedMore: { symbol: 'AAPL', qty: quantity(10) },
  },
  bar: {
    raw: { symbol: 'AAPL', close: 190.25 },
    more: { vwap: 190.24 },
    parsed: { symbol: 'AAPL', close: price(19_025) },
    parsedMore: { vwap: price(19_024) },
  },
  signal: {
    raw: { symbol: 'AAPL' },
    more: { source: 'rest', bid: 190.24, ask: 190.26, ingested_at: AT + 500 },
    parsed: { symbol: 'AAPL', source: 'ta' },
    parsedMore: { source: 'rest', bid: price(19_024), ask: price(19_026), ingestedAt: AT + 500 },
  },
  opening_position: {
    raw: { strategy_id: 's-1', account: 'PA1', symbol: 'BTC/USD', qty: -2, cost: -190.5 },
    more: { opened_at: AT - 1_000 },
    parsed: { strategyId: 's-1', account: 'PA1', symbol: 'BTCUSD', qty: quantity(-2), cost: money(-19_050) },
    parsedMore: { openedAt: AT - 1_000 },
  },
  watermark: {
    raw: { source: 'postgres', complete_to: AT_TEXT },
    more: {},
    parsed: { source: 'postgres', completeTo: AT },
    parsedMore: {},
  },
  feed_minutes: {
    raw: { feed: 'bars', symbol: 'BTC/USD', first_at: AT - 60_000 },
    more: {},
    parsed: { feed: 'bars', symbol: 'BTCUSD', firstAt: AT - 60_000 },
    parsedMore: {},
  },
  retraction: {
    raw: { of: 'fill', identity: ['e-1', 'f-1'] },
    more: {},
    parsed: { of: 'fill', identity: ['e-1', 'f-1'] },
    parsedMore: {},
  },
}
const KINDS = Object.keys(EXAMPLES) as FactKind[]

/** The same object with its numbers as decimal strings, instants left alone. */
function withDecimalStrings(raw: Record<string, unknown>): Record<string, unknown> {
  const text = (key: string, value: unknown) =>
    typeof value === 'number' && !key.endsWith('at') ? value.toFixed(9) : value
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, text(key, value)]))
}

describe('every kind of fact', () => {
  test('has an example here', () => {
    expect(KINDS.sort()).toEqual(Object.keys(FACT_SCHEMAS).sort())
  })

  test.each(KINDS)(
    '%s: is read from its required fields alone, and null is how a missing one may be written',
    (kind) => {
      const { raw, more, parsed } = EXAMPLES[kind]
      const nulls = Object.fromEntries(['known_at', 'revision', ...Object.keys(more)].map((field) => [field, null]))
      const expected = { fact: kind, at: AT, ...parsed }
      for (const input of [raw, { ...raw, ...nulls }]) {
        expect(parseFact(kind, { at: AT_TEXT, ...input })).toEqual(expected)
        // By the schema no field that is undefined either; the quick way of rows gives all facts of a kind one shape.
        const fact = parseBySchema(kind, { at: AT_TEXT, ...input })
        expect(Object.keys(fact).sort()).toEqual(Object.keys(expected).sort())
      }
    },
  )

  test.each(KINDS)('%s: is read with all its fields, from JSON numbers and from decimal strings alike', (kind) => {
    const { raw, more, parsed, parsedMore } = EXAMPLES[kind]
    const input = { fact: kind, at: AT, known_at: AT_TEXT, revision: 7, ...raw, ...more }
    const expected = { fact: kind, at: AT, knownAt: AT, revision: 7, ...parsed, ...parsedMore }
    expect(parseFact(kind, input)).toEqual(expected)
    expect(parseFact(kind, { ...withDecimalStrings(input), revision: 7 })).toEqual(expected)
  })

  test.each(KINDS)('%s: names each required field that is missing', (kind) => {
    for (const field of ['at', ...Object.keys(EXAMPLES[kind].raw)]) {
      const { [field]: _, ...rest } = { at: AT, ...EXAMPLES[kind].raw } as Record<string, unknown>
      expect(parseFact(kind, rest)).toMatch(new RegExp(`^${field}: `))
    }
  })
})

describe('instants', () => {
  const bar = (at: unknown) => parseFact('bar', { symbol: 'AAPL', close: '1', at })

  test.each([
    ['RFC 3339 with a zone', AT_TEXT],
    ['RFC 3339 in UTC', '2026-07-15T14:30:00.000999Z'],
    ['epoch milliseconds', AT],
    ['epoch milliseconds with a fraction', AT + 0.75],
  ])('may be %s, floored to the millisecond', (_, at) => {
    expect(bar(at)).toMatchObject({ at: AT })
  })

  test.each(['2026-07-15T14:30:00', '2026-02-30T00:00:00Z', 'yesterday', '', 1_784_125_800_000_000, -1e14])(
    '%p is refused with the reason',
    (at) => {
      expect(bar(at)).toBe(`at: not a time: ${at} (RFC 3339 with a zone, or epoch milliseconds)`)
    },
  )

  test('of another type are refused', () => {
    for (const at of [true, {}, null, Number.NaN]) expect(bar(at)).toMatch(/^at: /)
  })
})

describe('malformed fields', () => {
  const whole = (kind: FactKind) => ({ at: AT, ...EXAMPLES[kind].raw, ...EXAMPLES[kind].more })

  test.each<[FactKind, Record<string, unknown>, string]>([
    ['fill', { qty: 'ten' }, 'qty: not a decimal number: ten'],
    ['fill', { qty: '-1' }, 'qty: must not be negative'],
    ['fill', { price: 0 }, 'price: must be above 0'],
    ['fill', { costs: '1,5' }, 'costs: not a decimal number: 1,5'],
    ['execution', { filled_qty: -0.5 }, 'filled_qty: must not be negative'],
    ['execution', { ended_at: 'soon' }, 'ended_at: not a time: soon (RFC 3339 with a zone, or epoch milliseconds)'],
    ['bar', { close: '-3' }, 'close: must be above 0'],
  ])('%s with %p says what is wrong', (kind, wrong, message) => {
    expect(parseFact(kind, { ...whole(kind), ...wrong })).toBe(message)
  })

  test.each<[FactKind, Record<string, unknown>, RegExp]>([
    ['execution', { side: 'short' }, /^side: .*"buy"\|"sell"/],
    ['strategy', { calendar: 'XLON' }, /^calendar: .*"XNYS"\|"24x7"/],
    ['strategy', { enabled: 'yes' }, /^enabled: /],
    ['decision', { account: '' }, /^account: /],
    ['decision', { veto_reasons: ['risk', 7] }, /^veto_reasons\.1: /],
    ['bar', { symbol: '' }, /^symbol: /],
  ])('%s with %p names the field', (kind, wrong, message) => {
    expect(parseFact(kind, { ...whole(kind), ...wrong })).toMatch(message)
  })

  test('are all named, and a position by its number', () => {
    const positions = [
      { symbol: 'AAPL', qty: 1 },
      { symbol: 'MSFT', qty: 'many' },
    ]
    expect(parseFact('position_snapshot', { ...whole('position_snapshot'), equity: 'rich', positions })).toBe(
      'equity: not a decimal number: rich; positions.1.qty: not a decimal number: many',
    )
  })

  test('do not fill the log: a long text is cut', () => {
    expect(parseFact('bar', { ...whole('bar'), close: 'x'.repeat(500) })).toBe(
      `close: not a decimal number: ${'x'.repeat(40)}`,
    )
  })
})

describe('positions and symbols', () => {
  test('a position is signed, and what the broker leaves out stays out', () => {
    const positions = [
      { symbol: 'BTC/USD', qty: '-0.9975', avg_entry_price: '60000', mark: '61000.5' },
      { symbol: 'aapl', qty: 3, avg_entry_price: null, mark: null },
    ]
    const snapshot = parseFact('position_snapshot', { at: AT, account: 'PA1', equity: '1', cash: '1', positions })
    expect(snapshot).toMatchObject({
      positions: [
        { symbol: 'BTCUSD', qty: -997_500_000n, avgEntryPrice: price(6_000_000), mark: price(6_100_050) },
        { symbol: 'AAPL', qty: quantity(3) },
      ],
    })
  })

  test.each(['BTC/USD', 'BTCUSD', 'btc/usd'])('%s is BTCUSD in orders, decisions, bars and positions', (symbol) => {
    expect(parseFact('execution', { at: AT, ...EXAMPLES.execution.raw, symbol })).toMatchObject({ symbol: 'BTCUSD' })
    expect(parseFact('decision', { at: AT, ...EXAMPLES.decision.raw, symbol })).toMatchObject({ symbol: 'BTCUSD' })
    expect(parseFact('bar', { at: AT, ...EXAMPLES.bar.raw, symbol })).toMatchObject({ symbol: 'BTCUSD' })
    const snapshot = { at: AT, ...EXAMPLES.position_snapshot.raw, positions: [{ symbol, qty: 1 }] }
    expect(parseFact('position_snapshot', snapshot)).toMatchObject({ positions: [{ symbol: 'BTCUSD' }] })
  })

  test('a field that the kind does not know is left out', () => {
    expect(parseFact('bar', { at: AT, symbol: 'AAPL', close: 1, volume: 5 })).not.toHaveProperty('volume')
  })

  test('a fact is of the kind asked for, whatever it says of itself', () => {
    expect(parseFact('bar', { fact: 'fill', at: AT, symbol: 'AAPL', close: 1 })).toMatchObject({ fact: 'bar' })
  })
})
