import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { ALL_POLICIES, POLICIES, type PolicyKey } from '../../src/policy/catalogue.js'
import { type Alerting, canAlert, startAlerting } from '../support/alerting.js'
import { runbookCommands } from '../support/runbooks.js'
import { type RunningDemo, startDemo } from '../support/running-demo.js'
import { toldOf } from '../support/told.js'
import { until } from '../support/until.js'

const withBoth = canAlert ? describe : describe.skip

const PATIENCE_MS = 240_000
/** So many seconds of T a second: windows of a quarter of an hour empty in a minute, and a busy machine keeps up. */
const SPEED = 15
/** Polls and writes are a second or more apart, which is so much more of T. */
const AGES = 'max_pipeline_lag_seconds: 600, max_ta_freshness_seconds: 600'
/** What is off by default has a limit, and what nothing in the simulated world makes is asked for anyway. */
const LOW = `{ ${AGES}, max_slippage_bps_15m: 10, max_leverage: 0.01, max_gross_exposure_usd: 1,
  max_concentration_top1: 0.01, max_var_95: 0.000001, missing_update_seconds: 0 }`
/** Nothing reaches these, save what an incident does to a window that empties. */
const HIGH = `{ max_pipeline_lag_seconds: 240, max_ta_freshness_seconds: 300, max_slippage_bps_15m: 10,
  max_leverage: 1000, max_gross_exposure_usd: 1000000000000, max_concentration_top1: 1, max_var_95: 1,
  missing_update_seconds: 86400, max_drawdown_1d: 1, min_sharpe_5d: -100 }`
const HELD_BY_ITS_WINDOW: readonly PolicyKey[] = [
  ...(['max_drawdown_1d', 'min_sharpe_5d', 'max_var_95'] as const),
  ...(['max_leverage', 'max_gross_exposure_usd', 'max_concentration_top1', 'missing_update_seconds'] as const),
]
const EMPTIED: readonly PolicyKey[] = [
  ...(['max_slippage_bps_15m', 'max_route_fallback_15m', 'max_context_freshness_seconds'] as const),
  'pnl_reconciliation',
]

function receiverOf(key: PolicyKey): string {
  const { severity, category } = POLICIES[key]
  if (severity === 'critical') return 'pager'
  return category === 'data' ? 'operations-chat' : 'quant-chat'
}

withBoth('every policy, from a simulated trading system to the webhook', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quant-policies-'))
  const file = join(folder, 'quant.yaml')
  let demo: RunningDemo
  let alerting: Alerting

  const told = (key: PolicyKey, since = 0) =>
    toldOf(alerting.notices.slice(since)).filter(({ labels }) => labels.alertname === POLICIES[key].alert)
  const isTold = (key: PolicyKey, status: string, since = 0) =>
    told(key, since).some(({ statuses }) => statuses.includes(status))
  const areTold = (keys: readonly PolicyKey[], status: string, since = 0) =>
    until(() => keys.every((key) => isTold(key, status, since)), PATIENCE_MS, 100).catch((cause: unknown) => {
      const missing = keys.filter((key) => !isTold(key, status, since))
      throw new Error(`nobody was told "${status}" of ${missing}`, { cause })
    })

  beforeAll(async () => {
    writeFileSync(file, `policy: ${LOW}\n`)
    demo = await startDemo(
      ['--at', '2026-11-20T15:00:00Z', '--sessions', '2', '--seed', '7', '--speed', String(SPEED)],
      { QUANT_CONFIG: file, JANGAR_TORGHUT_QUANT_MAX_STALENESS_SECONDS: '600' },
    )
    await until(async () => (await demo.snapshot('crypto-live')).quality === 'good', PATIENCE_MS, 500)
    alerting = await startAlerting(demo.target)
  }, 600_000)
  afterAll(async () => {
    await alerting?.stop()
    await demo?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is told of by its incident, and of limits that are breached as things are', async () => {
    for (const name of ['drawdown', 'slippage', 'route-fallback', 'stale-context', 'cash-gap'] as const)
      await demo.incidents.start(name, undefined)
    await areTold([...HELD_BY_ITS_WINDOW, ...EMPTIED], 'firing')
    const episodes = new Set((await demo.episodes()).map(({ policy }) => policy))
    // Of frames that are missing Prometheus knows more than the exporter: it may see an age between two looks of ours.
    const judged = [...HELD_BY_ITS_WINDOW, ...EMPTIED].filter((key) => POLICIES[key].judged !== 'frame_age')
    expect(judged.filter((key) => !episodes.has(key))).toEqual([])
    for (const { name, state } of await demo.incidents.list()) if (state === 'on') await demo.incidents.stop(name)
  }, 300_000)

  test('a storm of rejects is told of too', async () => {
    await demo.incidents.start('reject-storm', undefined)
    await areTold(['max_reject_rate_15m'], 'firing')
    await demo.incidents.stop('reject-storm')
  }, 300_000)

  test('a reload that raises limits ends what no window can empty, with a notice', async () => {
    writeFileSync(file, `policy: ${HIGH}\n`)
    const held = () => HELD_BY_ITS_WINDOW.flatMap((key) => told(key).map(({ statuses }) => [key, statuses.at(-1)]))
    await until(() => held().every(([, last]) => last === 'resolved'), PATIENCE_MS, 100)
    const reasonsOf = async () =>
      (await demo.episodes()).map(({ policy, resolved_reason }) => `${policy} ${resolved_reason}`)
    await until(async () => (await reasonsOf()).includes('max_leverage policy_changed'), PATIENCE_MS, 500)
  }, 300_000)

  test('what runbooks have people ask is answered', async () => {
    const { paths, postgres, clickhouse } = runbookCommands()
    const { strategy_id, account } = await demo.snapshot('crypto-live')
    expect(paths.length).toBeGreaterThan(20)
    for (const path of paths) {
      const { status } = await demo.get(path.replace('=ID', `=${strategy_id}`).replace('=ACCOUNT', `=${account}`))
      expect([path, status]).toEqual([path, 200])
    }
    const client = new pg.Client({ connectionString: demo.databases.postgres })
    await client.connect()
    expect(postgres.length).toBeGreaterThan(3)
    for (const statement of postgres) expect((await client.query(statement)).rowCount).toBeGreaterThan(0)
    await client.end()
    expect(clickhouse.length).toBeGreaterThan(0)
    for (const query of clickhouse) {
      const response = await fetch(`${demo.databases.clickhouse}/?database=torghut`, { method: 'POST', body: query })
      expect([query, response.status]).toEqual([query, 200])
    }
  }, 120_000)

  test('a feed that pauses in session: values are stale, operations are told and nobody is paged, until it is back', async () => {
    const before = alerting.notices.length
    const stale = async () =>
      (await demo.snapshot('crypto-live')).groups.filter(({ quality }) => quality === 'stale').map(({ group }) => group)
    await until(async () => (await stale()).length === 0, PATIENCE_MS, 500)
    await demo.incidents.start('feed-pause', undefined)
    await until(async () => (await stale()).includes('exposure'), PATIENCE_MS, 500)
    await areTold(['max_ta_freshness_seconds'], 'firing', before)
    const calendars = () => new Set(told('max_ta_freshness_seconds', before).map(({ labels }) => labels.calendar))
    await until(() => calendars().size === 2, PATIENCE_MS, 100)
    await demo.incidents.stop('feed-pause')
    await areTold(['max_ta_freshness_seconds'], 'resolved', before)
    await until(async () => (await stale()).length === 0, PATIENCE_MS, 500)
    expect(new Set(told('max_ta_freshness_seconds', before).map(({ receiver }) => receiver))).toEqual(
      new Set(['operations-chat']),
    )
    expect(
      alerting.notices.slice(before).filter(({ receiver, status }) => receiver === 'pager' && status === 'firing'),
    ).toEqual([])
  }, 600_000)

  test('one dead source is one page, whatever the number of books', async () => {
    const before = alerting.notices.length
    const pages = () => alerting.notices.slice(before).filter(({ receiver }) => receiver === 'pager')
    await demo.incidents.start('db-down', undefined)
    await until(() => pages().some(({ alerts }) => alerts.some(isAbout('QuantPipelineLagHigh', '24x7'))), PATIENCE_MS)
    await until(() => pages().some(({ alerts }) => alerts.some(isAbout('QuantPipelineLagHigh', 'XNYS'))), PATIENCE_MS)
    const books = (await demo.episodes('open')).filter(({ policy }) => policy === 'max_pipeline_lag_seconds')
    expect(books.length).toBe(5)
    await demo.incidents.stop('db-down')
    await areTold(['max_pipeline_lag_seconds'], 'resolved', before)
    // A pager takes notices of one group for one incident.
    expect(new Set(pages().map(({ groupKey }) => groupKey)).size).toBe(1)
    for (const { labels } of pages().flatMap(({ alerts }) => alerts)) expect(labels).not.toHaveProperty('strategy_id')
  }, 600_000)

  test('each begins to be told of no oftener than its episodes begin, by the right receiver, and all of them end', async () => {
    const isOver = () =>
      toldOf(alerting.notices)
        .filter(ofPolicies)
        .every(({ statuses }) => statuses.at(-1) === 'resolved')
    await until(isOver, PATIENCE_MS, 500)
    const episodes = await demo.episodes()
    for (const policy of ALL_POLICIES) {
      const all = told(policy.key)
      expect([policy.key, ...new Set(all.map(({ receiver }) => receiver))]).toEqual([
        policy.key,
        receiverOf(policy.key),
      ])
      for (const { labels, statuses } of all) {
        const begins = statuses.filter((status) => status === 'firing').length
        const { strategy_id = '', account = '', calendar = '' } = labels
        const subject = [policy.key, strategy_id, account, calendar]
        expect([...subject, ...statuses]).toEqual([
          ...subject,
          ...Array.from({ length: begins }, () => ['firing', 'resolved']).flat(),
        ])
        if (policy.judged === 'frame_age') continue
        const ofSubject = (one: { strategy_id: string; account: string }) =>
          strategy_id === '' || (one.strategy_id === strategy_id && one.account === account)
        const episodesOf = episodes.filter((one) => one.policy === policy.key && ofSubject(one))
        expect([...subject, begins <= episodesOf.length, begins, episodesOf.length]).toEqual([
          ...subject,
          true,
          begins,
          episodesOf.length,
        ])
      }
    }
    const open = await alerting.ask('max by (policy) (max_over_time(quant_policy_open[1h])) == 1')
    expect(open.map((labels) => labels.policy).sort()).toEqual(
      ALL_POLICIES.filter(({ judged }) => judged !== 'frame_age')
        .map(({ key }) => String(key))
        .sort(),
    )
  }, 600_000)
})

const POLICY_ALERTS = new Set(ALL_POLICIES.map(({ alert }) => alert))
const ofPolicies = ({ labels }: { labels: Readonly<Record<string, string>> }) =>
  POLICY_ALERTS.has(labels.alertname ?? '')

function isAbout(alertname: string, calendar: string) {
  return ({ labels }: { labels: Readonly<Record<string, string>> }) =>
    labels.alertname === alertname && labels.calendar === calendar
}
