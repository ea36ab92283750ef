import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Alerting, canAlert, startAlerting } from '../support/alerting.js'
import { type RunningDemo, startDemo } from '../support/running-demo.js'
import { toldOf } from '../support/told.js'
import { until } from '../support/until.js'

const withBoth = canAlert ? describe : describe.skip

const PATIENCE_MS = 240_000
/** Longer than a notice takes to leave, so that one that does not come is not to come. */
const QUIET_MS = 5_000
/** The day after Thanksgiving: New York closes at 13:00. Half an hour before it is a minute and a half here. */
const DEMO = [
  '--at',
  '2026-11-27T17:30:00Z',
  '--sessions',
  '1',
  '--seed',
  '7',
  '--speed',
  '20',
  '--incident',
  'feed-pause',
]
const CLOSE = '2026-11-27T18:00:00.000Z'
/** Whoever reads once a second is behind by twenty of T. */
const LIMITS = 'policy: { max_pipeline_lag_seconds: 0 }'
const ALERTS = ['QuantPipelineLagHigh', 'QuantTaSignalsStale']

withBoth('the close of a half day, from a simulated trading system to the webhook', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quant-half-day-'))
  let demo: RunningDemo
  let alerting: Alerting

  const told = (calendar: string, since = 0) =>
    toldOf(alerting.notices.slice(since)).filter(
      ({ labels }) => labels.calendar === calendar && ALERTS.includes(labels.alertname ?? ''),
    )
  const areTold = (calendar: string, status: string) =>
    until(
      () => told(calendar).filter(({ statuses }) => statuses.at(-1) === status).length === ALERTS.length,
      PATIENCE_MS,
    )

  beforeAll(async () => {
    const file = join(folder, 'quant.yaml')
    writeFileSync(file, `${LIMITS}\n`)
    demo = await startDemo(DEMO, { QUANT_CONFIG: file }, { until: 'listening' })
    alerting = await startAlerting(demo.target)
  }, 300_000)
  afterAll(async () => {
    await alerting?.stop()
    await demo?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('ends what is told of data, with a notice, though it is as broken as before; coins trade on', async () => {
    await areTold('XNYS', 'firing')
    await areTold('24x7', 'firing')
    await areTold('XNYS', 'resolved')
    expect(
      told('XNYS')
        .map(({ receiver, labels }) => [labels.alertname, receiver])
        .sort(),
    ).toEqual([
      ['QuantPipelineLagHigh', 'pager'],
      ['QuantTaSignalsStale', 'operations-chat'],
    ])
    const ends = async () =>
      (await demo.episodes()).filter(
        ({ account, resolved_reason }) => account !== 'crypto-live' && resolved_reason === 'no_data',
      )
    await until(async () => (await ends()).length > 0, PATIENCE_MS, 500)
    for (const { category, resolved_at } of await ends())
      expect([category, String(resolved_at) >= CLOSE]).toEqual(['data', true])
  }, 600_000)

  test('begins nothing anew, though Alertmanager starts anew', async () => {
    await until(async () => (await alerting.held()).includes('QuantMarketSessionClosed'), PATIENCE_MS, 200)
    const before = alerting.notices.length
    await alerting.restartAlertmanager()
    await until(async () => (await alerting.held()).includes('QuantMarketSessionClosed'), PATIENCE_MS, 200)
    // Coins are as late as before: whoever is told of that is told of nothing else.
    await until(() => told('24x7', before).some(({ statuses }) => statuses.includes('firing')), PATIENCE_MS)
    await pause(QUIET_MS)
    // That something ended is said again in notices of what goes on in its group.
    const begun = told('XNYS', before).filter(({ statuses }) => statuses.includes('firing'))
    expect(begun).toEqual([])
  }, 600_000)
})
