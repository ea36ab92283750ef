import { QuantError } from '../../src/domain/errors.js'
import type { StoredReader } from '../../src/domain/ports.js'
import { alertsSchema, problemSchema, snapshotSchema } from '../../src/snapshot-api/schemas.js'
import { alertBoard, alertId, episode } from '../support/alerts.js'
import { bookFrame, frameReader, strategySummary, T } from '../support/frames.js'
import { get } from '../support/snapshot-api.js'

const over = { at: T + 9_000, reason: 'recovered' } as const
const OPEN = [episode(1), episode(3, { account: 'PA-2', meta: undefined, observed: null })]
const ALL = [...OPEN, episode(2, { severity: 'warning', resolved: over }), episode(4, { strategyId: 'mean-2' })]
const reader = frameReader({
  books: [bookFrame({}), bookFrame({ account: 'PA-2' }), bookFrame({ strategyId: 'mean-2' })],
  strategies: [strategySummary({ accounts: ['PA-1', 'PA-2', 'PA-old'] })],
})
const options = { alerts: alertBoard(ALL) }

const stored = (alerts: StoredReader['alerts']): StoredReader => ({ alerts, strategies: async () => [] })
const asked = async (query = '', more: object = {}) =>
  alertsSchema.parse((await get(`/alerts${query}`, reader, { ...options, ...more }).expect(200)).body)
const numbers = async (query: string) => (await asked(query)).alerts.map(({ alert_id }) => Number(alert_id.slice(-3)))

describe('/alerts', () => {
  test('tells an episode whole', async () => {
    const { alerts, next_cursor, shadow } = await asked('?account=PA-1&strategy_id=momentum-1')
    expect([next_cursor, shadow]).toEqual([null, false])
    expect(alerts).toEqual([
      {
        ...{ alert_id: alertId(1), policy: 'max_drawdown_1d', strategy_id: 'momentum-1', account: 'PA-1' },
        ...{ severity: 'critical', category: 'strategy', metric_name: 'max_drawdown', window: '1d' },
        ...{ threshold: 0.05, observed: 0.0512, unit: 'ratio', consecutive_frames: 3 },
        ...{ opened_at: '2026-03-10T16:00:01.250Z', resolved_at: null, state: 'open', frame_seq: 42 },
        ...{ summary: 'Drawdown 5.12 % is over 5 %', runbook_url: 'https://runbooks.example/max_drawdown' },
        meta: { restart: true },
      },
    ])
  })

  test.each([
    ['', [4, 3, 1]],
    ['?state=resolved', [2]],
    ['?state=all', [4, 3, 2, 1]],
    ['?state=all&severity=warning', [2]],
    ['?policy=min_sharpe_5d', []],
    ['?strategy_id=momentum-1', [3, 1]],
    ['?account=PA-2', [3]],
    ['?account=PA-old', []],
    ['?from=2026-03-10T16:00:03.250Z', [4, 3]],
    ['?to=2026-03-10T16:00:03.250Z', [1]],
  ])('finds what is asked for: %s', async (query, expected) => {
    expect(await numbers(query)).toEqual(expected)
  })

  test('comes in pages', async () => {
    const first = await asked('?state=all&limit=3')
    const second = await asked(`?state=all&limit=3&cursor=${first.next_cursor}`)
    expect([first, second].map(({ alerts }) => alerts.length)).toEqual([3, 1])
    expect(second.next_cursor).toBeNull()
  })

  test('says when nobody is told', async () => {
    expect((await asked('', { alerts: alertBoard(ALL, { isShadow: true }) })).shadow).toBe(true)
  })

  test.each([
    ['?state=closed', 400, 'state'],
    ['?severity=page', 400, 'severity'],
    ['?limit=0', 400, 'limit'],
    ['?limit=1001', 400, 'limit'],
    ['?limit=10x', 400, 'limit'],
    ['?cursor=abc', 400, 'cursor'],
    ['?from=yesterday', 400, 'from'],
    ['?from=2026-03-10T10:00:00Z&to=2026-03-10T10:00:00Z', 400, 'from'],
    ['?window=1d', 400, 'window'],
    ['?strategy_id=momentum', 404, 'strategy_id'],
    ['?account=PA-9', 404, 'account'],
    ['?strategy_id=mean-2&account=PA-2', 404, 'account'],
  ])('refuses %s', async (query, status, parameter) => {
    const response = await get(`/alerts${query}`, reader, options).expect(status)
    expect(problemSchema.parse(response.body).errors).toMatchObject([{ parameter }])
  })

  describe('with a store', () => {
    const kept = stored(async ({ limit }) => ({
      alerts: [episode(9, { resolved: over })].slice(0, limit),
      next: undefined,
    }))
    const down = stored(async () => {
      throw new QuantError('source_unreachable', 'store cannot be reached', { retryable: true })
    })
    const warming = frameReader({ state: 'warming_up' })

    test('tells from it what was before, from memory what is open, and what the store has not got yet', async () => {
      const ids = async (query: string) =>
        (await asked(query, { stored: kept })).alerts.map(({ alert_id }) => Number(alert_id.slice(-3)))
      expect(await ids('?state=all')).toEqual([9, 4, 3, 2, 1])
      expect(await ids('?state=resolved')).toEqual([9, 2])
      expect(await ids('?state=open')).toEqual([4, 3, 1])
    })

    test('that is down, still tells what is open', async () => {
      expect((await asked('', { stored: down })).alerts).toHaveLength(3)
      const response = await get('/alerts?state=all', reader, { ...options, stored: down }).expect(503)
      expect(response.headers['retry-after']).toBe('5')
      expect(problemSchema.parse(response.body).type).toMatch(/store-unavailable$/)
    })

    test('answers from it while warming up, where it can', async () => {
      const answer = await get('/alerts', warming, { stored: kept }).expect(200)
      expect(alertsSchema.parse(answer.body).alerts).toHaveLength(1)
      for (const given of [{ stored: down }, {}])
        expect((await get('/alerts', warming, given).expect(503)).body).toMatchObject({ reason: 'warming_up' })
    })
  })
})

describe('/snapshot', () => {
  const snapshot = async (query: string, alerts = options.alerts) =>
    get(`/snapshot?strategy_id=momentum-1&account=PA-1${query}`, reader, { alerts }).expect(200)

  test('has what is open of its book, whatever the window', async () => {
    for (const query of ['', '&window=5m', '&metrics=net_pnl'])
      expect(snapshotSchema.parse((await snapshot(query)).body).alerts).toMatchObject([{ alert_id: alertId(1) }])
  })

  test('has another ETag when an episode opened, changed or closed', async () => {
    const later = alertBoard(ALL, { revision: 5 })
    expect((await snapshot('', later)).headers.etag).not.toBe((await snapshot('')).headers.etag)
  })
})
