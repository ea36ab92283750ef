import { TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import { TORGHUT_EARLY, torghutSchemaOf } from '../../src/simulator/torghut/schema-history.js'
import { at, type PolledTorghut, pollTorghut, T, type Values } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip
const E9 = 1_000_000_000n
const E8 = 100_000_000n

withServer('reviews, order events and schemas of all ages on a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let torghut: PolledTorghut

  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(() => server?.stop())
  afterEach(() => torghut.stop())

  describe('today', () => {
    beforeEach(async () => {
      torghut = await pollTorghut(server)
    })

    test('a decision has the fields of its newest review, and a new review fetches the decision again', async () => {
      const id = await torghut.decision({ created_at: at(-3_600_000) })
      await torghut.review(id, { created_at: at(-3_000_000), confidence: '0.1' })
      await torghut.review(id, { created_at: at(-2_000_000), confidence: '0.2' })
      await torghut.hydrate()
      const reviewed = { decisionId: id, confidence: 0.2, contextFreshnessSeconds: 30, contextQuality: 0.9 }
      expect(torghut.facts('decision')).toMatchObject([{ ...reviewed, reviewedAt: T - 2_000_000 }])
      torghut.forget()
      await torghut.review(id, { created_at: at(300), confidence: '0.3', input_json: { market_context: null } })
      expect(await torghut.source.poll(T + 500, true)).toMatchObject({ writtenAts: [T + 300] })
      expect(torghut.facts('decision')).toMatchObject([{ decisionId: id, confidence: 0.3, reviewedAt: T + 300 }])
      expect(torghut.facts('decision')[0]?.contextFreshnessSeconds).toBeUndefined()
      torghut.forget()
      await torghut.source.poll(T + 1_500, true)
      expect(torghut.facts('decision')).toEqual([])
    })

    test('polls that fail move no cursor: the first that succeeds reads all that was written meanwhile', async () => {
      const decision = await torghut.decision()
      await torghut.hydrate()
      torghut.forget()
      for (let minute = 1; minute <= 5; minute += 1) {
        const stamp = at(minute * 60_000)
        await torghut.order(decision, { created_at: stamp, updated_at: stamp })
        await torghut.snapshot({ as_of: stamp, created_at: stamp })
        torghut.statementsLeft = minute % 3
        const poll = torghut.source.poll(T + minute * 60_000 + 500, minute % 2 === 0)
        await expect(poll).rejects.toMatchObject({ code: 'source_unreachable' })
      }
      torghut.statementsLeft = Number.POSITIVE_INFINITY
      await torghut.source.poll(T + 600_000, true)
      expect(torghut.facts('execution')).toHaveLength(5)
      expect(torghut.facts('position_snapshot')).toHaveLength(5)
    })

    test.each([
      ['behind, its rows seem old', -60_000, 1],
      ['ahead, nothing more is read than with one that is right', 60_000, 0],
      ['right', 0, 0],
    ])('where the clock of the server is %s', async (_name, offsetMs, seen) => {
      torghut.wallMs = Date.now() - offsetMs
      const decision = await torghut.decision()
      await torghut.hydrate()
      expect(Math.abs((torghut.source.clockOffsetMs ?? Number.NaN) - offsetMs)).toBeLessThan(20_000)
      // Written now, and stamped by a clock that is a minute behind.
      await torghut.order(decision, { created_at: at(-60_000), updated_at: at(-60_000) })
      torghut.forget()
      await torghut.source.poll(T + 500, false)
      expect(torghut.facts('execution')).toHaveLength(seen)
    })

    test('an order is dated by its events, linked by its own id, the broker’s or the client’s', async () => {
      const decision = await torghut.decision()
      const row = { filled_qty: '10', avg_fill_price: '100', status: 'filled' }
      const orders = await Promise.all(
        ['a', 'b', 'c'].map((name) =>
          torghut.order(decision, { ...row, alpaca_order_id: `broker-${name}`, client_order_id: `client-${name}` }),
        ),
      )
      const links = [
        { execution_id: orders[0] },
        { alpaca_order_id: 'broker-b', client_order_id: 'client-a' },
        { alpaca_order_id: 'unheard-of', client_order_id: 'client-c' },
      ]
      for (const link of links) {
        await torghut.event({ ...link, event_type: 'new', event_ts: at(-49_000) })
        const fill = { filled_qty: '10', avg_fill_price: '100', fill_quantity_basis: 'cumulative' }
        await torghut.event({ ...link, ...fill, event_type: 'fill', event_ts: at(-45_000) })
      }
      // The client's id is unique within an account only.
      await torghut.event({
        ...{ client_order_id: 'client-c', alpaca_account_label: 'other', event_type: 'new', event_ts: at(-59_000) },
      })
      await torghut.hydrate()
      const times = torghut
        .facts('execution')
        .map(({ executionId, submittedAt, filledAt, endedAt }) => [executionId, submittedAt, filledAt, endedAt])
      expect(new Set(times)).toEqual(new Set(orders.map((id) => [id, T - 49_000, T - 45_000, T - 45_000])))
      expect(
        torghut.facts('fill').map(({ executionId, qty, price, at: filledAt }) => [executionId, qty, price, filledAt]),
      ).toEqual(expect.arrayContaining(orders.map((id) => [id, 10n * E9, 100n * E8, T - 45_000])))
      expect(torghut.facts('fill')).toHaveLength(3)
    })

    test.each([
      ['linked', (id: string) => ({ execution_id: id })],
      ['by the broker’s id', (id: string) => ({ alpaca_order_id: id })],
      ['by the client’s id', (id: string) => ({ client_order_id: id })],
    ])('an event that comes after the row fetches its order again: %s', async (_, link) => {
      const id = await torghut.order(await torghut.decision(), {
        ...{ filled_qty: '4', avg_fill_price: '100', status: 'canceled', updated_at: at(-3_600_000) },
        created_at: at(-3_600_000),
      })
      await torghut.hydrate()
      torghut.forget()
      const part = { filled_qty: '4', avg_fill_price: '100', fill_quantity_basis: 'cumulative' }
      await torghut.event({
        ...link(id),
        ...part,
        event_type: 'partial_fill',
        event_ts: at(-48_000),
        created_at: at(100),
      })
      await torghut.event({ ...link(id), event_type: 'canceled', event_ts: at(-47_000), created_at: at(200) })
      const result = await torghut.source.poll(T + 500, false)
      expect(result.hasOrderNews).toBe(true)
      expect([...result.writtenAts].sort()).toEqual([T + 100, T + 200])
      expect(torghut.statements).toEqual(['poll', 'poll', 'poll', 'poll'])
      expect(torghut.facts('execution')).toMatchObject([{ executionId: id, filledAt: T - 48_000, endedAt: T - 47_000 }])
      expect(torghut.facts('fill')).toMatchObject([{ executionId: id, qty: 4n * E9 }])
      torghut.forget()
      await torghut.source.poll(T + 1_000, false)
      expect(torghut.statements).toEqual(['poll', 'poll', 'poll'])
    })

    test('tells when rows were written that a poll saw first, each once, and nothing of what a start found', async () => {
      const decision = await torghut.decision({ created_at: at(-1_000) })
      await torghut.hydrate()
      expect((await torghut.source.poll(T + 500, true)).writtenAts).toEqual([])
      const order = await torghut.order(decision, { created_at: at(600), updated_at: at(600) })
      expect((await torghut.source.poll(T + 1_000, false)).writtenAts).toEqual([T + 600])
      await torghut.admin.query(`UPDATE executions SET status = 'accepted' WHERE id = $1`, [order])
      expect((await torghut.source.poll(T + 1_500, false)).writtenAts).toEqual([])
      await torghut.admin.query(`UPDATE executions SET updated_at = $2 WHERE id = $1`, [order, at(1_700)])
      expect((await torghut.source.poll(T + 2_000, false)).writtenAts).toEqual([T + 1_700])
    })

    test('a column that goes while it runs is done without at once; one that comes is used within a minute', async () => {
      const decision = await torghut.decision()
      await torghut.hydrate()
      expect([...torghut.source.lacking]).toEqual([])
      await torghut.admin.query('ALTER TABLE executions RENAME COLUMN execution_actual_adapter TO gone')
      await torghut.admin.query('ALTER TABLE llm_decision_reviews RENAME TO gone_reviews')
      await torghut.admin.query('ALTER TABLE execution_order_events RENAME TO gone_events')
      await torghut.admin.query(
        `INSERT INTO executions (id, trade_decision_id, alpaca_account_label, alpaca_order_id, symbol, side, order_type, time_in_force, submitted_qty, status, updated_at, created_at)
         VALUES (gen_random_uuid(), $1, 'live', 'x', 'AAPL', 'buy', 'limit', 'day', 10, 'new', $2, $2)`,
        [decision, at(100)],
      )
      torghut.forget()
      await torghut.source.poll(T + 500, true)
      expect(torghut.facts('execution').map(({ adapter }) => adapter)).toEqual([undefined])
      // What was read before keeps what it said then.
      expect(torghut.facts('decision')).toEqual([])
      expect([...torghut.source.lacking]).toEqual([
        ['adapters', 'executions.execution_actual_adapter'],
        ['reviews', 'table llm_decision_reviews'],
      ])
      await torghut.admin.query('ALTER TABLE executions RENAME COLUMN gone TO execution_actual_adapter')
      await torghut.admin.query('ALTER TABLE gone_reviews RENAME TO llm_decision_reviews')
      torghut.forget()
      await torghut.source.poll(T + 1_500, true)
      expect(torghut.source.lacking.size).toBe(2)
      expect(torghut.statements).toHaveLength(3)
      torghut.wallMs += 60_000
      await torghut.source.poll(T + 2_500, true)
      expect(torghut.source.lacking.size).toBe(0)
      await torghut.review(decision, { created_at: at(3_000) })
      await torghut.source.poll(T + 3_500, true)
      expect(torghut.facts('decision')).toMatchObject([{ confidence: 0.7 }])
    })

    test('without a column of the earliest schema it says which, and goes on when it is there', async () => {
      await torghut.admin.query('ALTER TABLE executions RENAME COLUMN status TO gone')
      await expect(torghut.hydrate()).rejects.toMatchObject({
        code: 'schema_unsupported',
        message: expect.stringMatching(/executions lacks status.*GRANT SELECT/),
      })
      await torghut.admin.query('ALTER TABLE executions RENAME COLUMN gone TO status')
      await torghut.hydrate()
      await torghut.source.poll(T + 500, true)
    })

    test('without snapshots the rest is read', async () => {
      await torghut.admin.query('DROP TABLE position_snapshots')
      await torghut.decision()
      await torghut.hydrate()
      await torghut.source.poll(T + 500, true)
      expect(new Set(torghut.facts('decision').map(({ account }) => account))).toEqual(new Set(['live']))
      expect([...torghut.source.lacking]).toEqual([['snapshots', 'table position_snapshots']])
    })

    test('every snapshot is read, from the first one on', async () => {
      const whole = { equity: '1000', cash: '1000', buying_power: '1000', positions: [] }
      await torghut.admin.query(
        `INSERT INTO position_snapshots (id, alpaca_account_label, as_of, equity, cash, buying_power, positions, created_at)
         SELECT gen_random_uuid(), account, to_timestamp($1::double precision / 1000) - n * interval '15 s', 1000, 1000, 1000, '[]', now()
         FROM generate_series(0, 1200) n, unnest(ARRAY['live', 'other']) account`,
        [T],
      )
      await torghut.snapshot({ ...whole, as_of: at(-40 * 86_400_000) })
      await torghut.snapshot({ ...whole, as_of: at(-30 * 86_400_000) })
      await torghut.hydrate()
      const asOfs = torghut.facts('position_snapshot').map(({ account, at: asOf }) => `${account} ${asOf}`)
      const recent = ['live', 'other'].flatMap((account) =>
        Array.from({ length: 1_201 }, (_, index) => `${account} ${T - index * 15_000}`),
      )
      expect(new Set(asOfs)).toEqual(new Set([...recent, `live ${T - 40 * 86_400_000}`, `live ${T - 30 * 86_400_000}`]))
    })

    test('bad rows are counted and harmless to the rest', async () => {
      const decision = await torghut.decision()
      await torghut.snapshot({ positions: { no: 'list' } })
      await torghut.snapshot({ as_of: at(-20_000), equity: 'NaN' })
      await torghut.order(decision, { filled_qty: '5', avg_fill_price: 'NaN', status: 'partially_filled' })
      const waiting = await torghut.order(decision, {
        filled_qty: '5',
        avg_fill_price: null,
        status: 'partially_filled',
      })
      const unknown = await torghut.order(decision, {
        ...{ symbol: 'NOSUCH', side: 'sell', filled_qty: '1', avg_fill_price: '3', status: 'filled' },
      })
      const ahead = await torghut.order(decision, { raw_order: { submitted_at: at(3_600_000) } })
      await torghut.event({ execution_id: waiting, event_type: 'fill', event_ts: at(-45_000), filled_qty: '5' })
      await torghut.hydrate()
      expect(torghut.rejections.map(({ kind, reason }) => `${kind} ${reason}`).sort()).toEqual([
        'execution malformed',
        'position_snapshot malformed',
        'position_snapshot malformed',
      ])
      const read = new Map(torghut.facts('execution').map((fact) => [fact.executionId, fact]))
      expect(read.get(waiting)?.filledQty).toBe(5n * E9)
      expect(read.get(waiting)?.avgFillPrice).toBeUndefined()
      expect(read.get(unknown)).toMatchObject({ symbol: 'NOSUCH', side: 'sell' })
      expect(read.get(ahead)).toMatchObject({ submittedAt: T + 3_600_000 })
      expect(torghut.facts('fill')).toEqual([])
    })
  })

  describe('broker account activities', () => {
    const DAY = 86_400_000
    let order: string
    const filled = { filled_qty: '10', avg_fill_price: '100', status: 'filled' }
    const old = { created_at: at(-DAY), updated_at: at(-DAY) }
    const fill = (quantity: string, price: string, values: Values = {}) =>
      torghut.activity({
        ...{ activity_type: 'FILL', order_id: 'broker-1', symbol: 'AAPL', side: 'buy', quantity, price },
        ...{ external_activity_id: `fill-${quantity}`, event_at: at(-45_000), ...values },
      })
    const news = { created_at: at(100), first_observed_at: at(100) }
    const fills = () => torghut.facts('fill').map(({ fillId, qty, price, costs }) => [fillId, qty, price, costs])
    const gone = () => torghut.facts('retraction').map(({ of, identity }) => [of, ...identity])
    const flows = () => torghut.facts('cash_flow').map(({ flowId, kind, amount }) => [flowId, kind, amount])

    beforeEach(async () => {
      torghut = await pollTorghut(server)
      order = await torghut.order(await torghut.decision(), { ...filled, ...old, alpaca_order_id: 'broker-1' })
    })

    async function poll(): Promise<void> {
      torghut.forget()
      await torghut.source.poll(T + 500, true)
    }

    test('an order filled by events is filled by activities once they cover it, and by events again after a bust', async () => {
      const part = { filled_qty: '10', avg_fill_price: '100', fill_quantity_basis: 'cumulative' }
      const event = await torghut.event({ execution_id: order, ...part, event_type: 'fill', event_ts: at(-46_000) })
      await fill('4', '99.5')
      await torghut.hydrate()
      expect(fills()).toEqual([[event, 10n * E9, 100n * E8, undefined]])
      expect(gone()).toEqual([['fill', order, 'fill-4']])
      expect(torghut.facts('execution')).toMatchObject([{ filledAt: T - 46_000 }])

      torghut.forget()
      await fill('6', '100.5', { ...news, event_at: at(-44_000) })
      await torghut.source.poll(T + 250, false)
      expect(torghut.facts('fill')).toEqual([])
      await poll()
      expect(fills()).toEqual([
        ['fill-4', 4n * E9, 9_950_000_000n, undefined],
        ['fill-6', 6n * E9, 10_050_000_000n, undefined],
      ])
      expect(gone()).toEqual([['fill', order, event]])
      expect(torghut.facts('execution')).toMatchObject([{ filledAt: T - 44_000, endedAt: T - 44_000 }])
      await poll()
      expect(torghut.facts('execution')).toEqual([])

      // A correction need not name the order.
      const correction = { ...news, correction_of_external_id: 'fill-6', external_activity_id: 'second' }
      await fill('6', '100.75', { ...correction, order_id: null })
      await poll()
      expect(fills()).toContainEqual(['fill-6', 6n * E9, 10_075_000_000n, undefined])
      expect(gone()).toEqual([
        ['fill', order, event],
        ['fill', order, 'second'],
      ])

      const bust = { ...news, correction_of_external_id: 'second', external_activity_id: 'third' }
      await fill('0', '100.75', { ...bust, order_id: null })
      await poll()
      expect(fills()).toEqual([[event, 10n * E9, 100n * E8, undefined]])
      expect(gone().sort()).toEqual(['fill-4', 'fill-6', 'second', 'third'].map((id) => ['fill', order, id]))

      torghut.forget()
      await torghut.hydrate()
      expect(fills()).toEqual([[event, 10n * E9, 100n * E8, undefined]])
      expect(torghut.rejections).toEqual([])
    })

    test('a fee that names an order is its cost, also when it comes first; of another account it is not', async () => {
      const fee = { activity_type: 'FEE', net_amount: '-0.07', event_at: at(-45_000) }
      await torghut.activity({ ...fee, external_activity_id: 'known', order_id: 'broker-1' })
      await torghut.activity({ ...fee, external_activity_id: 'early', order_id: 'broker-2' })
      await torghut.activity({
        ...fee,
        external_activity_id: 'elsewhere',
        order_id: 'broker-1',
        account_label: 'other',
      })
      await torghut.hydrate()
      expect(fills()).toEqual([['known', 0n, E8, 7_000_000_000_000_000n]])
      expect(torghut.facts('cash_flow').map(({ account, flowId }) => [account, flowId])).toEqual(
        expect.arrayContaining([
          ['live', 'early'],
          ['other', 'elsewhere'],
        ]),
      )
      const second = await torghut.order(null, { alpaca_order_id: 'broker-2', created_at: at(50), updated_at: at(50) })
      torghut.forget()
      await torghut.source.poll(T + 250, false)
      expect(torghut.facts('fill')).toMatchObject([{ executionId: second, fillId: 'early', qty: 0n }])
      expect(gone()).toEqual([['cash_flow', 'live', 'early']])
    })

    test('the rest is cash flows, from the first row on, and what is new, late or corrected is read again', async () => {
      const rows: Values[] = [
        { external_activity_id: 'in', activity_type: 'CSD', net_amount: '1000', event_at: at(-300 * DAY) },
        {
          external_activity_id: 'out',
          activity_type: 'CSW',
          net_amount: '-50.25',
          event_at: null,
          settle_date: '2026-11-19',
        },
        { external_activity_id: 'div', activity_type: 'DIV', net_amount: '1.5', symbol: 'AAPL', event_at: at(-DAY) },
        { external_activity_id: 'fee', activity_type: 'FEE', net_amount: '-0.02', event_at: at(-DAY) },
        {
          external_activity_id: 'coin',
          activity_type: 'CFEE',
          quantity: '-0.000625',
          symbol: 'BTCUSD',
          event_at: at(-DAY),
        },
        { external_activity_id: 'split', activity_type: 'SPLIT', quantity: '90', symbol: 'AAPL', event_at: at(-DAY) },
        { external_activity_id: 'odd', activity_type: 'SPIN', net_amount: '3', event_at: at(-DAY) },
        { external_activity_id: 'euro', activity_type: 'CSD', net_amount: '3', currency: 'EUR', event_at: at(-DAY) },
        // The order stream says again what order events say, under ids of its own.
        {
          external_activity_id: 's',
          source: 'trade_updates_ws',
          activity_type: 'FILL',
          order_id: 'broker-1',
          quantity: '10',
          price: '7',
        },
      ]
      for (const row of rows) await torghut.activity({ created_at: at(-200 * DAY), ...row })
      await torghut.hydrate()
      const CENT = 1_000_000_000_000_000n
      expect(flows()).toEqual(
        expect.arrayContaining([
          ['in', 'deposit', 100_000n * CENT],
          ['out', 'withdrawal', -5_025n * CENT],
          ['div', 'dividend', 150n * CENT],
          ['fee', 'fee', -2n * CENT],
          ['coin', 'fee', 0n],
        ]),
      )
      expect(flows()).toHaveLength(5)
      expect(fills()).toEqual([])
      const byId = new Map(torghut.facts('cash_flow').map((flow) => [flow.flowId, flow]))
      expect(byId.get('out')?.at).toBe(Date.parse('2026-11-19T00:00:00Z'))
      expect(byId.get('coin')).toMatchObject({ symbol: 'BTCUSD', qty: -625_000n })
      expect(torghut.rejections.map(({ id, reason }) => [id, reason]).sort()).toEqual([
        ['euro', 'currency'],
        ['odd', 'unknown_activity'],
      ])

      const correction = { ...news, activity_type: 'CSD', event_at: at(-300 * DAY) }
      await torghut.activity({
        ...correction,
        external_activity_id: 'in-2',
        correction_of_external_id: 'in',
        net_amount: '900',
      })
      await poll()
      expect(flows()).toEqual([['in', 'deposit', 90_000n * CENT]])
      expect(gone()).toEqual([['cash_flow', 'live', 'in-2']])
      await torghut.activity({
        ...correction,
        external_activity_id: 'in-3',
        correction_of_external_id: 'in-2',
        net_amount: '0',
      })
      await poll()
      expect(flows()).toEqual([])
      expect(gone().sort()).toEqual(['in', 'in-2', 'in-3'].map((id) => ['cash_flow', 'live', id]))
      // What a correction corrects may come after it.
      await torghut.activity({
        ...correction,
        external_activity_id: 'late-2',
        correction_of_external_id: 'late',
        net_amount: '2',
      })
      await poll()
      expect(flows()).toEqual([['late-2', 'deposit', 200n * CENT]])
      await torghut.activity({ ...correction, external_activity_id: 'late', net_amount: '1' })
      await poll()
      expect(flows()).toEqual([['late', 'deposit', 200n * CENT]])
      expect(gone()).toEqual([['cash_flow', 'live', 'late-2']])
      await poll()
      expect([flows(), gone()]).toEqual([[], []])
    })

    test('a table that has only the first columns is read as well', async () => {
      await torghut.admin.query(
        'ALTER TABLE broker_account_activities DROP COLUMN source, DROP COLUMN settle_date, DROP COLUMN currency',
      )
      const values = `gen_random_uuid(), 'live', 'in', 'CSD', 5, $1, $1`
      await torghut.admin.query(
        `INSERT INTO broker_account_activities (id, account_label, external_activity_id, activity_type, net_amount, first_observed_at, created_at) VALUES (${values})`,
        [at(-DAY)],
      )
      await torghut.hydrate()
      expect(torghut.facts('cash_flow')).toMatchObject([{ flowId: 'in', at: T - DAY }])
    })
  })

  test.each([
    ['early', TORGHUT_EARLY, { adapter: undefined, account: 'live' }],
    ['2026-03-01', torghutSchemaOf('2026-03-01'), { adapter: 'lean', account: 'own' }],
    ['today', TORGHUT_TODAY, { adapter: 'lean', account: 'own' }],
  ] as const)('reads the schema of %s', async (_, schema, expected) => {
    torghut = await pollTorghut(server, schema)
    const decision = await torghut.decision()
    await torghut.review(decision)
    await torghut.snapshot()
    const id = await torghut.order(decision, {
      ...{ alpaca_account_label: 'own', filled_qty: '10', avg_fill_price: '100', status: 'filled' },
    })
    const fill = { filled_qty: '10', avg_fill_price: '100', fill_quantity_basis: 'cumulative' }
    await torghut.event({ execution_id: id, ...fill, event_type: 'fill', event_ts: at(-45_000) })
    await torghut.activity({ external_activity_id: 'in', activity_type: 'CSD', net_amount: '5', event_at: at(-45_000) })
    await torghut.hydrate()
    await torghut.source.poll(T + 500, true)
    expect(torghut.facts('cash_flow').length > 0).toBe(schema.broker_account_activities !== undefined)
    expect(torghut.rejections).toEqual([])
    const { executionId, adapter, account } = torghut.facts('execution')[0] ?? {}
    expect({ executionId, adapter, account }).toEqual({ executionId: id, ...expected })
    expect(torghut.facts('decision')[0]).toMatchObject({ confidence: 0.7 })
    expect(torghut.facts('position_snapshot')).not.toHaveLength(0)
    const fills = torghut.facts('fill').map(({ qty, at: filledAt }) => [qty, filledAt])
    expect(new Set(fills.map(String))).toEqual(
      new Set(schema.execution_order_events === undefined ? [] : [String([10n * E9, T - 45_000])]),
    )
  })
})
