import { bookId } from '../../src/domain/book.js'
import type { PolicyReading } from '../../src/domain/policy.js'
import { gateSchema } from '../../src/snapshot-api/gate-schema.js'
import { problemSchema } from '../../src/snapshot-api/schemas.js'
import { alertBoard, alertId, episode } from '../support/alerts.js'
import { bookFrame, type FrameParts, frameReader, strategySummary, T } from '../support/frames.js'
import { GATE_SETTINGS, get } from '../support/snapshot-api.js'

const reading = (parts: Partial<PolicyReading> = {}): PolicyReading => ({
  ...{ policy: 'max_drawdown_1d', severity: 'critical', category: 'strategy', limit: 0.05, observed: 0.01 },
  ...{ breachFrames: 0, isOpen: false, isEvaluable: true, judged: 'value' },
  ...parts,
})
const slippage = { policy: 'max_slippage_bps_15m', severity: 'warning', category: 'execution' } as const
const lag = { policy: 'max_pipeline_lag_seconds', severity: 'critical', category: 'data' } as const

interface Case {
  readonly readings?: readonly PolicyReading[]
  readonly alerts?: ReturnType<typeof alertBoard>
  readonly frame?: FrameParts
  readonly reader?: Parameters<typeof frameReader>[0]
  readonly judgedAt?: number | undefined
  readonly options?: object
  readonly query?: string
}

function ask({ readings = [reading()], alerts = alertBoard(), frame = {}, reader, options, query, ...more }: Case) {
  const judgedAt = 'judgedAt' in more ? more.judgedAt : T
  const book = bookFrame(frame)
  const policies = { judgedAt, readings: (id: string) => (id === bookId(book.book) ? readings : []) }
  return get(`/gate${query ?? '?strategy_id=momentum-1'}`, frameReader({ books: [book], ...reader }), {
    ...{ alerts, policies },
    ...options,
  })
}

async function decided(given: Case) {
  const { decision, reasons, evaluated_at } = gateSchema.parse((await ask(given).expect(200)).body)
  expect(evaluated_at).toBe('2026-03-10T16:00:00.250Z')
  return [decision, ...reasons.map((told) => `${told.reason} ${told.policy ?? told.group ?? ''}`.trim())]
}

describe('/gate', () => {
  test.each<[string, Case, readonly string[]]>([
    ['all is judged and quiet', {}, ['pass']],
    ['a critical alert is open', { alerts: alertBoard([episode(1)]) }, ['fail', 'critical_alert max_drawdown_1d']],
    [
      'a critical alert is open, and evidence is stale as well',
      { alerts: alertBoard([episode(1)]), readings: [reading({ judged: 'unknown' })] },
      ['fail', 'critical_alert max_drawdown_1d', 'not_evaluable max_drawdown_1d'],
    ],
    ['a critical alert of another book is open', { alerts: alertBoard([episode(1, { account: 'PA-2' })]) }, ['pass']],
    [
      'a critical alert is over',
      { alerts: alertBoard([episode(1, { resolved: { at: T, reason: 'recovered' } })]) },
      ['pass'],
    ],
    ['a warning about trading is open', { alerts: alertBoard([episode(1, slippage)]) }, ['pass']],
    [
      'a warning about data is open',
      { alerts: alertBoard([episode(1, { policy: 'pnl_reconciliation', severity: 'warning', category: 'data' })]) },
      ['unknown', 'data_alert pnl_reconciliation'],
    ],
    [
      'frames breach, too few for an alert',
      { readings: [reading({ breachFrames: 1 })] },
      ['unknown', 'breach_pending max_drawdown_1d'],
    ],
    ['frames breach a warning', { readings: [reading(), reading({ ...slippage, breachFrames: 1 })] }, ['pass']],
    [
      'a limit has judged no frame',
      { readings: [reading(), reading({ ...slippage, judged: undefined })] },
      ['unknown', 'not_judged max_slippage_bps_15m'],
    ],
    [
      'a limit cannot be judged',
      { readings: [reading(), reading({ ...slippage, judged: 'unknown' })] },
      ['unknown', 'not_evaluable max_slippage_bps_15m'],
    ],
    [
      'nothing happened that a critical limit could judge',
      { readings: [reading({ judged: 'nothing_happened' })] },
      ['unknown', 'no_evidence max_drawdown_1d'],
    ],
    [
      'nothing happened that a warning could judge',
      { readings: [reading(), reading({ ...slippage, judged: 'nothing_happened' })] },
      ['pass'],
    ],
    ['the market is closed', { readings: [reading(), reading({ ...lag, judged: 'closed' })] }, ['pass']],
    ['no limit on trading is in force', { readings: [reading(lag)] }, ['unknown', 'no_critical_limit']],
    [
      'policies are not judged at all',
      { options: { policies: undefined } },
      ['unknown', 'not_judged', 'no_critical_limit'],
    ],
    ['no tick was judged', { judgedAt: undefined }, ['unknown', 'not_judged']],
    ['ticks are judged no more', { judgedAt: T - 15_001 }, ['unknown', 'not_judged']],
    ['the last tick judged is just not too old', { judgedAt: T - 15_000 }, ['pass']],
    [
      'a source is stale',
      { frame: { sources: { prices: { asOf: T - 60_000, stale: true } } } },
      ['unknown', 'stale performance', 'stale exposure'],
    ],
    [
      'a metric is in error',
      { frame: { results: { net_pnl: { status: 'error', reason: 'internal_error' } } } },
      ['unknown', 'error performance'],
    ],
    [
      'the strategy is disabled',
      { reader: { strategies: [strategySummary({ enabled: false })] } },
      ['unknown', 'strategy_disabled'],
    ],
    ['the strategy has no live book', { reader: { books: [] } }, ['unknown', 'no_live_book']],
    [
      'the account has no live book',
      {
        query: '?strategy_id=momentum-1&account=PA-old',
        reader: { strategies: [strategySummary({ accounts: ['PA-old'] })] },
      },
      ['unknown', 'no_live_book'],
    ],
    [
      'policies are in shadow, whatever is open',
      { alerts: alertBoard([episode(1)], { isShadow: true }) },
      ['unknown', 'shadow'],
    ],
    ['the history is read', { reader: { state: 'warming_up' } }, ['unknown', 'warming_up']],
    ['the main switch is off', { reader: { state: 'disabled' } }, ['unknown', 'disabled']],
    ['the API is off', { options: { apiEnabled: false } }, ['unknown', 'disabled']],
    ['the gate is off', { options: { gate: { ...GATE_SETTINGS, isEnabled: false } } }, ['unknown', 'disabled']],
  ])('while %s', async (_state, given, expected) => {
    expect(await decided(given)).toEqual(expected)
  })

  test('tells which alert, and which variable to set', async () => {
    const { body } = await ask({ alerts: alertBoard([episode(1)]) })
    expect(gateSchema.parse(body).reasons).toEqual([
      {
        ...{ reason: 'critical_alert', policy: 'max_drawdown_1d', alert_id: alertId(1) },
        detail: 'Drawdown 5.12 % is over 5 %',
      },
    ])
    const off = await ask({ options: { gate: { ...GATE_SETTINGS, isEnabled: false } } })
    expect(gateSchema.parse(off.body).reasons[0]?.detail).toContain('QUANT_GATE_ENABLED=true')
  })

  test.each([
    ['', 400, 'strategy_id'],
    ['?strategy_id=momentum-1&window=1d', 400, 'window'],
    ['?strategy_id=momentum', 404, 'strategy_id'],
    ['?strategy_id=momentum-1&account=PA-9', 404, 'account'],
  ])('refuses "%s"', async (query, status, parameter) => {
    const response = await ask({ query }).expect(status)
    expect(problemSchema.parse(JSON.parse(response.text)).errors).toMatchObject([{ parameter }])
  })

  test('asks for the account where several are live', async () => {
    const books = [bookFrame({}), bookFrame({ account: 'PA-2' })]
    const response = await ask({ reader: { books } }).expect(400)
    expect(problemSchema.parse(JSON.parse(response.text)).errors).toMatchObject([{ allowed: ['PA-1', 'PA-2'] }])
    expect(await decided({ reader: { books }, query: '?strategy_id=momentum-1&account=PA-1' })).toEqual(['pass'])
  })
})
