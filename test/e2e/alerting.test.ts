import { setTimeout as pause } from 'node:timers/promises'
import { type Alerting, canAlert, startAlerting } from '../support/alerting.js'
import { until } from '../support/until.js'

const withBoth = canAlert ? describe : describe.skip

/** Longer than a notice takes to leave (group_wait or group_interval), so that one that does not come is not to come. */
const QUIET_MS = 5_000
const BOOKS = Array.from({ length: 50 }, (_, index) => `strategy_id="s-${index}",account="live"`)

/** What the page of metrics says at the moment. */
interface Exporter {
  /** Whether the drawdown of a book, by its number, is over its limit. */
  isBreached: (book: number) => boolean
  lag: boolean
  sourceUp: boolean
  isOpen: boolean
}

const QUIET: Exporter = { isBreached: () => false, lag: false, sourceUp: true, isOpen: true }

function page({ isBreached, lag, sourceUp, isOpen }: Exporter): string {
  const now = Date.now() / 1000
  const policy = (key: string, book: string) => `{policy="${key}",${book},calendar="XNYS"}`
  const flag = (value: boolean) => (value ? 1 : 0)
  const lines = [
    'quant_exporter_build_info{version="1",revision="a",shard="0"} 1',
    'quant_shards{shard="0"} 1',
    'quant_shard_info{shard="0"} 1',
    'quant_exporter_enabled{shard="0"} 1',
    'quant_exporter_ready{shard="0"} 1',
    `quant_books{calendar="XNYS",shard="0"} ${BOOKS.length}`,
    `quant_exporter_time_seconds ${now}`,
    `quant_tick_last_completed_timestamp_seconds{tier="light",shard="0"} ${now}`,
    `quant_frames_oldest_timestamp_seconds{calendar="XNYS",shard="0"} ${now}`,
    `quant_market_session_open{calendar="XNYS"} ${flag(isOpen)}`,
    `quant_market_all_closed_until_timestamp_seconds ${isOpen ? 0 : now + 3_600}`,
    `quant_source_up{source="postgres",shard="0"} ${flag(sourceUp)}`,
    `quant_source_errors_total{source="postgres",kind="unreachable",shard="0"} ${sourceUp ? 0 : 9}`,
    'quant_policy_overrides_unmatched 0',
    'quant_policy_threshold{policy="missing_update_seconds",calendar="XNYS"} 15',
    ...BOOKS.flatMap((book, index) => [
      `quant_policy_open${policy('max_drawdown_1d', book)} ${flag(isBreached(index))}`,
      `quant_policy_observed${policy('max_drawdown_1d', book)} 0.06`,
      `quant_policy_threshold${policy('max_drawdown_1d', book)} 0.05`,
      `quant_policy_breach_frames${policy('max_drawdown_1d', book)} 0`,
      `quant_policy_open${policy('max_pipeline_lag_seconds', book)} ${flag(lag)}`,
      `quant_policy_threshold${policy('max_pipeline_lag_seconds', book)} 15`,
    ]),
  ]
  return `${lines.join('\n')}\n`
}

withBoth('Prometheus and Alertmanager, by the rules and the route that are shipped', () => {
  const exporter: Exporter = { ...QUIET }
  let alerting: Alerting
  const pages = () => alerting.notices.filter(({ receiver }) => receiver === 'pager')

  beforeAll(async () => {
    alerting = await startAlerting(() => page(exporter))
    await until(async () => (await alerting.held()).includes('QuantWatchdog'), 60_000)
  }, 120_000)
  afterAll(() => alerting?.stop())

  test('say that they live, and nothing else, while all is well', async () => {
    await until(() => alerting.notices.length > 0, 30_000)
    expect(new Set(alerting.notices.map(({ receiver }) => receiver))).toEqual(new Set(['dead-mans-switch']))
  })

  test('send one page for a breach, and one notice of its end', async () => {
    exporter.isBreached = (book) => book === 0
    await until(() => pages().length > 0, 60_000)
    await pause(QUIET_MS)
    exporter.isBreached = QUIET.isBreached
    await until(() => pages().some(({ status }) => status === 'resolved'), 60_000)
    await pause(QUIET_MS)
    expect(pages()).toMatchObject([
      { status: 'firing', alerts: [{ labels: { alertname: 'QuantDrawdownOverLimit', strategy_id: 's-0' } }] },
      { status: 'resolved', alerts: [{ labels: { alertname: 'QuantDrawdownOverLimit', strategy_id: 's-0' } }] },
    ])
  }, 180_000)

  test('make one page of a dead source and fifty books; the close ends it with a notice', async () => {
    const before = pages().length
    Object.assign(exporter, { lag: true, sourceUp: false })
    const since = () => pages().slice(before)
    const named = () => new Set(since().flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname)))
    await until(() => named().size === 2, 60_000)
    await pause(QUIET_MS)
    expect(named()).toEqual(new Set(['QuantPipelineLagHigh', 'QuantSourceDown']))
    // A pager takes notices of one group for one incident.
    expect(new Set(since().map(({ groupKey }) => groupKey)).size).toBe(1)
    for (const { alerts } of since()) expect(alerts.length).toBeLessThanOrEqual(2)
    exporter.isOpen = false
    await until(() => since().at(-1)?.status === 'resolved', 60_000)
    expect(new Set(since().map(({ groupKey }) => groupKey)).size).toBe(1)
  }, 240_000)

  test('send no page while the market is closed, though Alertmanager starts anew five times', async () => {
    await until(async () => (await alerting.held()).includes('QuantMarketSessionClosed'), 60_000)
    const before = pages().length
    for (let count = 0; count < 5; count += 1) {
      await alerting.restartAlertmanager()
      await until(async () => (await alerting.held()).includes('QuantMarketSessionClosed'), 60_000)
      await pause(QUIET_MS / 2)
    }
    expect(pages().slice(before)).toEqual([])
    // What is still broken is told to those who work at night.
    const told = alerting.notices.filter(({ receiver }) => receiver === 'operations-chat')
    expect(told.flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname))).toContain('QuantSourceDown')
  }, 240_000)
})

const BREACHES = 20
const BETWEEN_BREACHES_MS = 730

withBoth('as often as it is shipped to be asked', () => {
  test('tell of 20 books that breach one after another, each by a page of its own', async () => {
    let firstAt = Number.POSITIVE_INFINITY
    const breachedAt = (book: number) =>
      book < BREACHES ? firstAt + book * BETWEEN_BREACHES_MS : Number.POSITIVE_INFINITY
    const exporter: Exporter = { ...QUIET, isBreached: (book) => Date.now() >= breachedAt(book) }
    const alerting = await startAlerting(() => page(exporter), { hasShippedTimes: true })
    try {
      await until(async () => (await alerting.held()).includes('QuantWatchdog'), 60_000, 100)
      firstAt = Date.now()
      const pages = () => alerting.notices.filter(({ receiver }) => receiver === 'pager')
      await until(() => pages().length >= BREACHES, 180_000, 100)
      const seconds = pages().map(({ alerts, receivedAt }) => {
        expect(alerts.map(({ labels }) => labels.alertname)).toEqual(['QuantDrawdownOverLimit'])
        return (receivedAt - breachedAt(Number(alerts[0]?.labels.strategy_id?.replace('s-', '')))) / 1000
      })
      expect(new Set(pages().map(({ alerts }) => alerts[0]?.labels.strategy_id)).size).toBe(BREACHES)
      const [least, middle, most] = [0, 0.5, 1].map((part) =>
        seconds.toSorted((a, b) => a - b)[Math.floor((BREACHES - 1) * part)]?.toFixed(1),
      )
      process.stderr.write(
        `from breach to webhook, ${BREACHES} books, 5 s scrape, 5 s evaluation, 10 s group_wait: ` +
          `${least} s at least, ${middle} s in the middle, ${most} s at most\n`,
      )
    } finally {
      await alerting.stop()
    }
  }, 300_000)
})
