import { createHeldClock } from '../../src/app/clock.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import type { Simulator } from '../../src/simulator/simulation.js'
import { startTestEngines } from '../support/embedded.js'
import { startExporter, type TestExporter } from '../support/exporter.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'
import { until } from '../support/until.js'

const START = Date.parse('2026-11-20T19:30:00Z')

describe('a source in trouble', () => {
  let engines: EmbeddedEngines
  let simulator: Simulator
  let environment: Record<string, string>
  let exporter: TestExporter | undefined

  beforeAll(async () => {
    engines = await startTestEngines()
    const addresses = { dsn: engines.postgres.dsn, clickhouse: engines.clickhouse }
    simulator = await fillTorghut(addresses, START, 1)
    environment = environmentOf(addresses)
  }, 120_000)

  afterEach(async () => {
    await exporter?.stop()
    exporter = undefined
    await engines.clickhouse.setFault(undefined)
  })

  afterAll(async () => {
    await simulator?.stop()
    await engines?.stop()
  })

  async function start(changes: Readonly<Record<string, string>> = {}): Promise<TestExporter> {
    const clock = createHeldClock({ startAt: START, speed: 1 })
    clock.release()
    exporter = await startExporter({ ...environment, ...changes }, clock)
    return exporter
  }

  const gauges = async ({ urls }: TestExporter) => (await fetch(`${urls.metrics}/metrics`)).text()
  const stageOf = ({ reader }: TestExporter, stage: string) =>
    reader.health().stages.find((candidate) => candidate.stage === stage)

  test('ClickHouse answering 500 delays no tick, is told once, and is forgiven when it is back', async () => {
    const running = await start()
    await running.firstFrame()
    // On a busy machine the first frame may have gone out before the bars of its history were there.
    await until(
      async () => (await gauges(running)).includes('quant_source_up{source="clickhouse",shard="0"} 1'),
      30_000,
    )
    await engines.clickhouse.setFault({ kind: 'status', status: 500 })
    await until(
      async () => (await gauges(running)).includes('quant_source_up{source="clickhouse",shard="0"} 0'),
      10_000,
    )
    const before = running.reader.frames()?.stamp.at ?? 0
    await until(() => (running.reader.frames()?.stamp.at ?? 0) >= before + 3_000)
    // On a busy machine the last answer may by now be older than the limit.
    expect(stageOf(running, 'ingest:clickhouse')).toMatchObject({
      status: expect.stringMatching(/^(degraded|failing)$/),
      lastErrorCode: 'source_query_failed',
    })
    expect(stageOf(running, 'ingest:postgres')?.status).toBe('ok')
    expect(
      running.log.filter((line) => line.startsWith('source down') && line.includes('source_query_failed')),
    ).toHaveLength(1)
    await engines.clickhouse.setFault(undefined)
    await until(
      async () => (await gauges(running)).includes('quant_source_up{source="clickhouse",shard="0"} 1'),
      15_000,
    )
    expect((await fetch(`${running.urls.api}/readyz`)).status).toBe(200)
  }, 90_000)

  test('a ClickHouse that never answered leaves what needs no prices, and says what it lacks', async () => {
    await engines.clickhouse.setFault({ kind: 'garbage' })
    const running = await start()
    await running.firstFrame()
    const body = await gauges(running)
    expect(body).toMatch(/^quant_realized_pnl_usd\{/m)
    expect(body).not.toMatch(/^quant_unrealized_pnl_usd\{/m)
    const [strategy] = running.reader.strategies()
    const base = `${running.urls.api}/api/torghut/trading/control-plane/quant`
    const snapshot = (await (await fetch(`${base}/snapshot?strategy_id=${strategy?.strategyId}`)).json()) as {
      metrics: { metric_name: string }[]
    }
    expect(snapshot.metrics.find(({ metric_name }) => metric_name === 'gross_exposure')).toMatchObject({
      status: 'insufficient_data',
      reason: 'source_unavailable',
      meta: { missing: ['clickhouse'] },
    })
  }, 60_000)

  test('a Postgres that cannot be reached keeps the exporter warming up, answering, and is told once', async () => {
    const running = await start({ TORGHUT_DB_DSN: 'postgresql://reader@127.0.0.1:1/torghut' })
    await until(() => running.log.some((line) => line.startsWith('source down')), 10_000)
    expect((await fetch(`${running.urls.api}/readyz`)).status).toBe(503)
    expect((await fetch(`${running.urls.api}/healthz`)).status).toBe(200)
    expect(await gauges(running)).toContain('quant_source_up{source="postgres",shard="0"} 0')
    expect(running.reader.health().status).toBe('warming_up')
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(running.log.filter((line) => line.startsWith('source down'))).toHaveLength(1)
  }, 30_000)

  test('sends at most ten statements a second, whatever happens', async () => {
    const running = await start()
    await running.firstFrame()
    const before = { ...running.statements }
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    const sent = running.statements.postgres - before.postgres + running.statements.clickhouse - before.clickhouse
    // It goes on asking, however busy the machine is.
    expect(sent).toBeGreaterThan(5)
    expect(sent).toBeLessThanOrEqual(5 * 10)
  }, 30_000)
})
