import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { MINUTE_MS } from '../../src/domain/time.js'
import { API_BASE_PATH } from '../../src/snapshot-api/snapshot-api.js'
import { startExporter, type TestExporter } from '../support/exporter.js'
import { at, type PolledTorghut, pollTorghut, T } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { createStoreDatabase } from '../support/store.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

const ENABLED = { JANGAR_TORGHUT_QUANT_ALERTS_ENABLED: 'true', JANGAR_TORGHUT_QUANT_LATEST_SAMPLING_MS: '1000' }
const POLICY = `
policy: { max_gross_exposure_usd: 500 }
strategies: { no-such-strategy: { policy: { max_leverage: 2 } } }
`

withServer('the policy of a running exporter (package postgresql-15)', () => {
  let server: PostgresServer
  let torghut: PolledTorghut
  let folder: string
  let exporter: TestExporter | undefined
  let environment: Record<string, string>

  beforeAll(async () => {
    server = await startPostgresServer()
    torghut = await pollTorghut(server, undefined, 'policy_wired')
    const decisionId = await torghut.decision({ created_at: at(-10_000) })
    await torghut.order(decisionId, {
      ...{ created_at: at(-10_000), updated_at: at(-10_000), side: 'buy', filled_qty: '10' },
      ...{ avg_fill_price: '100', status: 'filled', raw_order: { submitted_at: at(-10_000) } },
    })
    folder = mkdtempSync(join(tmpdir(), 'quant-policy-'))
    writeFileSync(join(folder, 'quant.yaml'), POLICY)
    environment = {
      TORGHUT_DB_DSN: server.dsn.replace('/postgres?', '/policy_wired?'),
      QUANT_STORE_DSN: await createStoreDatabase(server, 'policy_wired_store'),
      QUANT_CONFIG: join(folder, 'quant.yaml'),
    }
  })
  afterEach(async () => {
    await exporter?.stop()
    exporter = undefined
  })
  afterAll(async () => {
    await torghut?.stop()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = async (more: Record<string, string> = {}, from = T) => {
    const startedAt = performance.now()
    const clock = { speed: 1, now: () => Math.floor(from + performance.now() - startedAt) }
    exporter = await startExporter({ ...environment, ...more }, clock)
    await exporter.firstFrame()
    return exporter
  }
  const text = async (path: string) => (await fetch(`${exporter?.urls.api}${path}`)).text()
  const alerts = async () => JSON.parse(await text(`${API_BASE_PATH}/alerts?state=open`))
  /** The ids of the episodes in the store. */
  const kept = async (): Promise<string[]> => {
    const client = new pg.Client({ connectionString: environment.QUANT_STORE_DSN })
    await client.connect()
    const { rows } = await client.query('SELECT alert_id FROM quant.quant_alerts')
    await client.end()
    return rows.map(({ alert_id }) => alert_id)
  }
  const exposure = async () =>
    (await alerts()).alerts.find(({ policy }: { policy: string }) => policy === 'max_gross_exposure_usd')

  test('takes the time that reading the history needs for no lag', async () => {
    let statements = 0
    let ready = 0
    // Each statement of the start takes three seconds.
    const clock = { speed: 1, now: () => T + 3_000 * (ready || statements) }
    exporter = await startExporter({ ...environment, ...ENABLED, QUANT_STORE_DSN: '' }, clock, {
      onStatement: () => {
        statements += 1
      },
    })
    await exporter.firstFrame()
    ready = statements
    expect(statements).toBeGreaterThan(10)
    const lag = (await text('/metrics')).split('\n').filter((line) => line.includes('"max_pipeline_lag_seconds"'))
    expect(lag.find((line) => line.startsWith('quant_policy_open'))).toMatch(/ 0$/)
    expect((await alerts()).alerts).toEqual([])
  })

  test('opens an episode, shows it as a gauge and by the API, and goes on with it after a restart', async () => {
    const { log } = await start(ENABLED)
    await until(async () => (await exposure()) !== undefined)
    const before = await exposure()
    expect(before).toMatchObject({ observed: 1000, threshold: 500, unit: 'USD', window: 'level', state: 'open' })
    expect((await alerts()).shadow).toBe(false)
    const scraped = (await text('/metrics')).split('\n')
    const open = scraped.filter((line) => line.startsWith('quant_policy_open{') && line.includes('max_gross_exposure'))
    expect(open.map((line) => line.split(' ').at(-1))).toEqual(['1'])
    expect(scraped).toContain('quant_policy_overrides_unmatched 1')
    expect(log.filter((line) => line.includes('limits are set for what is not known'))).toEqual([
      expect.stringContaining('strategies.no-such-strategy.policy'),
    ])
    await until(async () => (await kept()).length === 1)
    await exporter?.stop()

    await start(ENABLED, T + MINUTE_MS)
    await until(async () => (await exposure()) !== undefined)
    expect(await exposure()).toMatchObject({ alert_id: before.alert_id, opened_at: before.opened_at })
  })

  test('is in shadow unless alerts are enabled: the API lists, and no gauge lets a rule fire', async () => {
    await start({ QUANT_STORE_DSN: '' })
    await until(async () => (await exposure()) !== undefined)
    expect((await alerts()).shadow).toBe(true)
    const scraped = await text('/metrics')
    expect(scraped).toContain('quant_policy_threshold{')
    expect(scraped).not.toContain('quant_policy_open{')
    expect(scraped).not.toContain('quant_policy_evaluable{')
  })

  test('takes another limit while it runs, and keeps the old one where the file has a mistake', async () => {
    const path = join(folder, 'changing.yaml')
    writeFileSync(path, POLICY)
    await start({ ...ENABLED, QUANT_STORE_DSN: '', QUANT_CONFIG: path, QUANT_GATE_ENABLED: 'true' })
    await until(async () => (await exposure()) !== undefined)
    const own = async (name: string) =>
      (await text('/metrics'))
        .split('\n')
        .filter((line) => line.startsWith(name))
        .map((line) => line.split(' ').at(-1))
    const threshold = async () =>
      (await text('/metrics'))
        .split('\n')
        .filter((line) => line.startsWith('quant_policy_threshold{') && line.includes('max_gross_exposure_usd'))
        .map((line) => line.split(' ').at(-1))
    const { strategy_id } = await exposure()
    const gate = JSON.parse(await text(`${API_BASE_PATH}/gate?strategy_id=${strategy_id}`))
    // Without bars and signals nobody can know.
    expect(gate).toMatchObject({
      decision: 'unknown',
      reasons: expect.arrayContaining([
        { reason: 'not_evaluable', detail: expect.any(String), policy: 'max_ta_freshness_seconds' },
      ]),
    })
    const off: readonly string[] = ['disabled', 'shadow', 'warming_up']
    expect(gate.reasons.filter(({ reason }: { reason: string }) => off.includes(reason))).toEqual([])

    writeFileSync(path, POLICY.replace('max_gross_exposure_usd: 500', 'max_gros_exposure_usd: 5000'))
    await until(async () => (await own('quant_config_valid'))[0] === '0')
    expect(exporter?.log.filter((line) => line.includes('refused'))).toEqual([
      expect.stringContaining('policy.max_gros_exposure_usd is not a known key'),
    ])
    expect([await threshold(), await own('quant_config_reloads_total')]).toEqual([['500'], ['0', '1']])
    expect(await exposure()).toMatchObject({ state: 'open', threshold: 500 })

    writeFileSync(path, POLICY.replace('max_gross_exposure_usd: 500', 'max_gross_exposure_usd: 5000'))
    await exporter?.reloadConfig()
    expect(await own('quant_config_valid')).toEqual(['1'])
    await until(async () => (await exposure()).threshold === 5000)
    expect(await threshold()).toEqual(['5000'])
  })
})
