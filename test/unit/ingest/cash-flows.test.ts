import { identityFieldsOf } from '../../../src/domain/identity.js'
import { activitiesTable } from '../../../src/ingest/postgres/cash-flows.js'
import { TorghutSchema } from '../../../src/ingest/postgres/schema.js'
import { type ListedActivity, listed, T } from './listed-activity.js'

const { toFacts } = activitiesTable(new TorghutSchema('15.0', []))
const CENT = 1_000_000_000_000_000n

const read = (activity: ListedActivity, corrections: readonly ListedActivity[] = [], isFirst = true) =>
  toFacts({ account: 'live', activity: listed(activity), corrections: corrections.map(listed), is_first: isFirst })

describe('an account activity', () => {
  test.each<[type: string, amount: string, kind: string]>([
    ['CSD', '100', 'deposit'],
    ['CSW', '-100', 'withdrawal'],
    ['csd', '100', 'deposit'],
    ['JNLC', '100', 'deposit'],
    ['JNLC', '-100', 'withdrawal'],
    ['JNL', '-100', 'withdrawal'],
    ['TRANS', '100', 'deposit'],
    ['ACATC', '-100', 'withdrawal'],
    ['DIV', '1.5', 'dividend'],
    ['DIVNRA', '-0.3', 'dividend'],
    ['CGD', '0.4', 'dividend'],
    ['INT', '-0.25', 'interest'],
    ['INTNRA', '-0.1', 'interest'],
    ['FEE', '-0.07', 'fee'],
    ['PTC', '-0.02', 'fee'],
    ['PTR', '0.02', 'fee'],
    ['FEE', '0', 'fee'],
    ['CFEE', '-0.5', 'fee'],
  ])('of type %s over %s is a cash flow: %s', (type, amount, kind) => {
    const { facts, rejections } = read({ type, amount, symbol: 'BTC/USD', quantity: '-0.01' })
    expect(rejections).toEqual([])
    expect(facts).toMatchObject([{ fact: 'cash_flow', account: 'live', flowId: 'a', kind, at: T, symbol: 'BTCUSD' }])
    expect(facts[0]).not.toHaveProperty('qty')
    expect(facts[0]).toMatchObject({ amount: BigInt(Math.round(Number(amount) * 100)) * CENT })
  })

  test.each([null, '0', '0.000000000000000000'])('of a crypto fee of amount %p is a fee in coin', (amount) => {
    expect(read({ type: 'CFEE', amount, quantity: '-0.00025', price: '64000', symbol: 'BTCUSD' }).facts).toMatchObject([
      { fact: 'cash_flow', kind: 'fee', amount: 0n, qty: -250_000n, symbol: 'BTCUSD' },
    ])
  })

  test.each(['SPLIT', 'SSP', 'SSO', 'JNLS', 'ACATS', 'NC', 'SC', 'JNL', 'OPEXP', 'ORDER', 'never heard of'])(
    'of type %s without an amount makes no fact',
    (type) => {
      expect(read({ type, amount: null, quantity: '10' })).toEqual({ facts: [], rejections: [] })
      expect(read({ type, amount: '0', quantity: '10' })).toEqual({ facts: [], rejections: [] })
    },
  )

  test.each<[what: string, activity: ListedActivity, reason: string, detail: RegExp]>([
    ['an unknown type with an amount', { type: 'SPIN', amount: '3' }, 'unknown_activity', /^SPIN moves cash/],
    ['another currency', { type: 'CSD', amount: '3', currency: 'EUR' }, 'currency', /^CSD in EUR$/],
    ['a known type without an amount', { type: 'DIV', amount: null }, 'malformed', /^DIV without an amount$/],
    ['an amount that is no number', { type: 'CFEE', amount: 'NaN' }, 'malformed', /^CFEE: its amount is no number$/],
    ['a time that is none', { type: 'CSD', amount: '1', eventAt: 'infinity' }, 'malformed', /^at: not a time/],
  ])('with %s is counted', (_, activity, reason, detail) => {
    expect(read(activity)).toEqual({
      facts: [],
      rejections: [{ kind: 'cash_flow', id: 'a', reason, detail: expect.stringMatching(detail) }],
    })
  })

  test('in dollars is one with or without saying so', () => {
    expect(read({ type: 'CSD', amount: '3', currency: 'usd' }).facts).toHaveLength(1)
  })

  test('that is a fill is read with its order, and counted where it is none', () => {
    expect(read({ type: 'FILL', quantity: '1', price: '10' })).toEqual({ facts: [], rejections: [] })
    for (const bad of [{ quantity: '0', price: '10' }, { quantity: '1' }, { price: '1', quantity: 'NaN' }])
      expect(read({ type: 'FILL', ...bad }).rejections).toMatchObject([{ kind: 'fill', reason: 'malformed' }])
    const inEuros = { type: 'FILL', quantity: '1', price: '10', currency: 'EUR' }
    expect(read(inEuros).rejections).toMatchObject([{ kind: 'fill', reason: 'currency' }])
  })

  test('that is a fee of a known order is read with its order', () => {
    expect(read({ type: 'FEE', amount: '-1', isOfOrder: true })).toEqual({ facts: [], rejections: [] })
    expect(read({ type: 'DIV', amount: '1', isOfOrder: true }).facts).toHaveLength(1)
    expect(read({ type: 'CFEE', amount: null, quantity: '-1', isOfOrder: true }).facts).toHaveLength(1)
  })
})

describe('a correction', () => {
  const shortly = (...[activity, corrections]: Parameters<typeof read>) =>
    read(activity, corrections).facts.map((fact) =>
      fact.fact === 'cash_flow' ? [fact.flowId, fact.kind, fact.amount] : [fact.fact, ...identityFieldsOf(fact)],
    )

  test('gives its content to the activity that it corrects', () => {
    const corrections = [
      { id: 'b', corrects: 'a', type: 'CSD', amount: '90' },
      { id: 'c', corrects: 'b', type: 'CSD', amount: '95' },
    ]
    expect(shortly({ type: 'CSD', amount: '100' }, corrections)).toEqual([
      ['a', 'deposit', 9_500n * CENT],
      ['retraction', 'live', 'b'],
      ['retraction', 'live', 'c'],
    ])
  })

  test.each<[what: string, correction: ListedActivity]>([
    ['without an amount', { type: 'CSD', amount: null }],
    ['to 0', { type: 'CSD', amount: '0' }],
    ['of a dividend to 0', { type: 'DIV', amount: '0', quantity: '10' }],
    ['of a fee in coin to 0', { type: 'CFEE', amount: null, quantity: '0' }],
    ['to a fee of an order', { type: 'FEE', amount: '-1', isOfOrder: true }],
  ])('%s takes the flow back', (_, correction) => {
    expect(shortly({ type: 'CSD', amount: '100' }, [{ ...correction, id: 'b', corrects: 'a' }])).toEqual([
      ['retraction', 'live', 'a'],
      ['retraction', 'live', 'b'],
    ])
  })

  test('that is unusable takes the flow back, and is counted', () => {
    const { facts, rejections } = read({ type: 'CSD', amount: '100' }, [
      { id: 'b', corrects: 'a', type: 'CSD', amount: '90', currency: 'CAD' },
    ])
    expect(facts).toHaveLength(2)
    expect(rejections).toMatchObject([{ id: 'b', reason: 'currency' }])
  })

  test('of a known activity says nothing by its own row', () => {
    expect(read({ id: 'b', corrects: 'a', amount: '90' }, [], false)).toEqual({ facts: [], rejections: [] })
  })
})
