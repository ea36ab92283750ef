import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@clickhouse/client'
import { createHeldClock } from '../../src/app/clock.js'
import { runCli as runCommandLine } from '../../src/cli/run.js'
import { DAY_MS } from '../../src/domain/time.js'
import { clickHouseSchema } from '../../src/simulator/torghut/clickhouse-schema.js'
import { type Alerting, canAlert, startAlerting } from '../support/alerting.js'
import { type Authority, createAuthority } from '../support/authority.js'
import { startTestClickHouse } from '../support/embedded.js'
import { startExporter, type TestExporter } from '../support/exporter.js'
import { freePort } from '../support/free-port.js'
import { type GrafanaFake, startGrafanaFake } from '../support/grafana-fake.js'
import { type HttpsFront, startHttpsFront } from '../support/https-front.js'
import { type PolledTorghut, pollTorghut, T } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { type Finished, runCli } from '../support/process.js'
import { hasProgram } from '../support/programs.js'
import { startPrometheus } from '../support/prometheus.js'
import { makeReader, READER } from '../support/reader-role.js'
import { seededTorghut } from '../support/seeded-torghut.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const canRun = [hasPostgresServer, canAlert, hasProgram('openssl', 'openssl')].every(Boolean)
const withAll = canRun ? describe : describe.skip

const MARKET = 'torghut_market'
const TOKENS = { QUANT_API_TOKENS: 'api-token-0123456789', QUANT_METRICS_TOKEN: 'metrics-token-0123456789' }

/** The command without what it costs to start a process for it. */
async function inThisProcess(words: readonly string[], environment: Record<string, string> = {}): Promise<Finished> {
  let [out, err] = ['', '']
  const code = await runCommandLine(words, {
    ...{ environment, version: '0.0.0', signal: new AbortController().signal, onHangUp: () => undefined },
    terminal: {
      ...{ isInteractive: false, columns: 80, rows: 24 },
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
    },
  })
  return { code, out, err }
}

interface Told {
  readonly hop: string
  readonly state: 'ok' | 'broken' | 'not_asked'
  readonly told: readonly string[]
  readonly troubles: readonly { readonly what: string; readonly remedy: string }[]
}

withAll('doctor (packages postgresql-15, prometheus, prometheus-alertmanager, openssl)', () => {
  let authority: Authority
  let server: PostgresServer
  /** Before ClickHouse: a user that may only read, over TLS. */
  let front: HttpsFront
  let torghut: PolledTorghut
  let exporter: TestExporter
  let alerting: Alerting
  let grafana: GrafanaFake
  /** Its market is closed, and it asks for tokens. */
  let closed: TestExporter
  const stops: (() => Promise<unknown>)[] = []

  const sources = (database = String(torghut.admin.database)) => ({
    TORGHUT_DB_DSN: `postgresql://${READER}@localhost:${server.port}/${database}?sslmode=verify-full`,
    TORGHUT_DB_CA_CERT: authority.pem,
  })
  const market = () => ({
    ...{ CH_HOST: 'localhost', CH_PORT: String(front.port), CH_DATABASE: MARKET },
    ...{ CH_SECURE: 'true', CH_CA_CERT: authority.pem },
  })
  const hopsOf = ({ out }: Finished): Record<string, Told> =>
    Object.fromEntries((JSON.parse(out).hops as Told[]).map((hop) => [hop.hop, hop]))
  const doctor = async (environment: Record<string, string>, ...words: string[]) => {
    const result = await inThisProcess(['doctor', '--json', ...words], environment)
    const hops = hopsOf(result)
    const broken = Object.values(hops).flatMap(({ hop, state }) => (state === 'broken' ? [hop] : []))
    expect(result.code).toBe(broken.length > 0 ? 1 : 0)
    return { hops, broken }
  }
  /** The same once exactly these hops are broken: on a busy machine a scrape or a notice may come late. */
  const doctorFinds = async (expected: readonly string[], environment: Record<string, string>, ...words: string[]) => {
    let last = await doctor(environment, ...words)
    for (let tries = 0; tries < 30 && last.broken.join() !== expected.join(); tries += 1) {
      await pause(2_000)
      last = await doctor(environment, ...words)
    }
    expect(last.broken).toEqual(expected)
    return last.hops
  }

  beforeAll(async () => {
    authority = createAuthority('torghut-db-ca')
    server = await startPostgresServer({ tls: authority.issue(['DNS:localhost']) })
    stops.push(() => server.stop())
    torghut = await seededTorghut(server)
    stops.push(() => torghut.stop())
    makeReader(server, String(torghut.admin.database), { connection_limit: '20' })
    const engine = await startTestClickHouse()
    stops.push(() => engine.stop())
    const admin = createClient({ url: engine.clickhouse.url })
    for (const query of clickHouseSchema()) await admin.command({ query, query_params: { database: MARKET } })
    await admin.close()
    front = await startHttpsFront(engine.clickhouse.url, authority.issue(['DNS:localhost']))
    front.setReadonly()
    stops.push(() => front.stop())
    const start = async (startAt: number, environment: Record<string, string>) => {
      const clock = createHeldClock({ startAt, speed: 1 })
      clock.release()
      const started = await startExporter({ ...sources(), ...market(), ...environment }, clock)
      stops.push(() => started.stop())
      await started.firstFrame()
      return started
    }
    exporter = await start(T, {})
    closed = await start(T + DAY_MS, TOKENS)
    alerting = await startAlerting(new URL(exporter.urls.metrics).host, { hasShippedTimes: true })
    stops.push(() => alerting.stop())
    grafana = await startGrafanaFake(alerting.urls.prometheus)
    stops.push(() => grafana.stop())
    await until(async () => (await alerting.held()).includes('QuantWatchdog'), 120_000)
  }, 360_000)

  afterAll(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  test('finds nothing where all is well, from the database to Grafana', async () => {
    const words = [
      ...['--exporter', exporter.urls.api, '--prometheus', alerting.urls.prometheus],
      ...['--alertmanager', alerting.urls.alertmanager, '--grafana', grafana.url],
    ]
    const environment = { ...sources(), ...market(), GRAFANA_TOKEN: grafana.token }
    await until(async () => (await alerting.held()).includes('QuantWatchdog'), 60_000, 200)
    const hops = await doctorFinds([], environment, ...words)
    expect(Object.values(hops).map(({ state }) => state)).toEqual(Array.from({ length: 10 }, () => 'ok'))
    expect(hops.postgres?.told).toEqual([expect.stringMatching(/^Postgres 15.*, as role quant_exporter$/)])
    expect(hops.clickhouse?.told).toEqual([expect.stringMatching(/^ClickHouse 2.*, as user default$/)])
    expect(hops.facts?.told.join()).toMatch(/1 books in the tables,newest fact that the exporter has read: 2026-11-20/)
    expect(hops.rules?.told).toEqual([expect.stringMatching(/^(\d+) of \1 rules are loaded as shipped$/)])
    expect(hops.alertmanager?.told).toEqual(
      expect.arrayContaining([
        `Prometheus sends alerts to ${alerting.urls.alertmanager}/api/v2/alerts`,
        'critical: pager',
        'warning: operations-chat, quant-chat',
      ]),
    )
    const text = await runCli(['doctor', ...words], environment)
    expect(text.out).toMatch(/^ok +configuration +valid\nok +postgres +Postgres 15/)
  }, 180_000)

  test('asks only what it is told the address of, and says what to give for the rest', async () => {
    const hops = await doctorFinds([], {}, '--prometheus', alerting.urls.prometheus)
    expect(hops.postgres).toMatchObject({ state: 'not_asked', told: ['set TORGHUT_DB_DSN as for serve'] })
    expect(hops.frames).toMatchObject({ state: 'not_asked', told: ['give --exporter URL'] })
    expect(hops.grafana).toMatchObject({ state: 'not_asked', told: ['give --grafana URL, and a token'] })
    for (const words of [
      [],
      ['--exporter', 'nowhere'],
      ['--grafana', 'http://u:p@127.0.0.1'],
      ['--prometheuss', 'x'],
    ]) {
      const { code, err, out } = await inThisProcess(['doctor', ...words])
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toMatch(/doctor --help|must be an address|holds a user or a password/)
    }
  }, 180_000)

  test('names a DSN that is wrong: its password’s place, its port, its database, its form', async () => {
    const dsn = sources().TORGHUT_DB_DSN
    const asked = async (wrong: string) => {
      const { hops, broken } = await doctor({ ...sources(), TORGHUT_DB_DSN: wrong }, '--exporter', exporter.urls.api)
      return { broken, trouble: [...(hops.configuration?.troubles ?? []), ...(hops.postgres?.troubles ?? [])][0] }
    }
    expect(await asked(dsn.replace(READER, 'nobody'))).toMatchObject({
      broken: ['postgres'],
      trouble: { remedy: expect.stringMatching(/^check user and password in TORGHUT_DB_DSN/) },
    })
    expect(await asked(dsn.replace(String(server.port), String(await freePort())))).toMatchObject({
      broken: ['postgres'],
      trouble: {
        what: expect.stringMatching(/cannot be reached/),
        remedy: expect.stringMatching(/^check host, port and database in TORGHUT_DB_DSN/),
      },
    })
    expect(await asked(dsn.replace(String(torghut.admin.database), 'elsewhere'))).toMatchObject({
      broken: ['postgres'],
      trouble: { what: expect.stringMatching(/check the database name in TORGHUT_DB_DSN/) },
    })
    expect(await asked('host=localhost dbname=torghut')).toMatchObject({
      broken: ['configuration'],
      trouble: { what: expect.stringMatching(/TORGHUT_DB_DSN/) },
    })
  }, 180_000)

  test('names a CA that is missing, and one that is another', async () => {
    const { TORGHUT_DB_DSN } = sources()
    const without = await doctor({ TORGHUT_DB_DSN })
    expect(without.broken).toEqual(['configuration'])
    expect(without.hops.configuration?.troubles[0]?.what).toMatch(/verify-full needs the CA .*: set TORGHUT_DB_CA_CERT/)
    const another = await doctor({ TORGHUT_DB_DSN, TORGHUT_DB_CA_CERT: createAuthority('other').pem })
    expect(another.broken).toEqual(['postgres'])
    expect(another.hops.postgres?.troubles[0]).toMatchObject({
      what: expect.stringMatching(/not signed by a CA that is trusted/),
      remedy: expect.stringMatching(/^set TORGHUT_DB_CA_CERT/),
    })
  }, 180_000)

  test('says that there are no rows, and that ClickHouse has no tables', async () => {
    const empty = await pollTorghut(server)
    try {
      const database = String(empty.admin.database)
      makeReader(server, database, { connection_limit: '20' })
      const environment = { ...sources(database), ...market(), CH_DATABASE: 'elsewhere' }
      const { hops, broken } = await doctor(environment)
      expect(broken).toEqual(['clickhouse', 'facts'])
      expect(hops.facts?.troubles).toEqual([
        {
          what: 'the tables hold no rows: no strategy has decided anything',
          remedy: expect.stringMatching(/^check that TORGHUT_DB_DSN names the database that the trading system writes/),
        },
      ])
      expect(hops.clickhouse?.troubles[0]?.remedy).toMatch(/^check CH_DATABASE/)
    } finally {
      await empty.stop()
    }
  }, 180_000)

  test('tells that the market is closed, blames nobody for it, and takes tokens', async () => {
    const words = ['--exporter', closed.urls.api]
    const refused = await doctor({}, ...words)
    expect(refused.broken).toEqual(['frames', 'metrics'])
    expect(refused.hops.frames?.troubles[0]).toMatchObject({
      what: expect.stringMatching(/asks for a token \(401/),
      remedy: 'give one of QUANT_API_TOKENS in --token-file or QUANT_API_TOKEN',
    })
    expect(refused.hops.metrics?.troubles[0]?.remedy).toMatch(/^set QUANT_METRICS_TOKEN/)
    const hops = await doctorFinds([], { ...TOKENS, QUANT_API_TOKEN: TOKENS.QUANT_API_TOKENS }, ...words)
    expect(hops.facts?.told).toContain(
      'market XNYS is closed until 2026-11-23T14:30:00.000Z: no news is expected of it',
    )
    expect(JSON.stringify(hops)).not.toContain('token-0123456789')
  }, 180_000)

  test('names a target that is refused or gone, rules that lack, an Alertmanager that is not told or not there', async () => {
    const other = await startPrometheus(new URL(exporter.urls.metrics).host, [
      'charts/quant-exporter/files/rules/quant-meta.yaml',
    ])
    try {
      const hops = await doctorFinds(['rules', 'alertmanager'], {}, '--prometheus', other.url)
      const [missing] = hops.rules?.troubles ?? []
      expect(missing?.what).toMatch(/^not loaded: .*QuantDrawdownOverLimit.*QuantPipelineLagHigh/)
      expect(missing?.what).not.toMatch(/QuantSourceDown/)
      expect(missing?.remedy).toMatch(/^load prometheus-rules\/out\/quant-exporter\.rules\.yaml/)
      expect(hops.alertmanager?.troubles).toEqual([
        {
          what: 'Prometheus sends alerts to no Alertmanager',
          remedy: 'name it under alerting in the configuration of Prometheus (docs/alerts.md, Rules)',
        },
      ])
    } finally {
      await other.stop()
    }
    const nowhere = `http://127.0.0.1:${await freePort()}`
    const words = ['--prometheus', alerting.urls.prometheus, '--alertmanager', nowhere]
    const hops = await doctorFinds(['alertmanager'], {}, ...words)
    expect(hops.alertmanager?.troubles).toEqual([
      { what: `nothing listens at ${nowhere}`, remedy: 'start Alertmanager, or correct --alertmanager' },
    ])
  }, 240_000)

  test('names what is wrong with Grafana', async () => {
    const asked = async (environment: Record<string, string>) => {
      const { hops } = await doctor(environment, '--grafana', grafana.url)
      return hops.grafana?.troubles[0]
    }
    expect(await asked({})).toMatchObject({ remedy: expect.stringMatching(/^give a token .*GRAFANA_TOKEN$/) })
    const environment = { GRAFANA_TOKEN: grafana.token }
    grafana.dataSources = []
    expect(await asked(environment)).toMatchObject({ what: 'Grafana has no data source of type Prometheus' })
    grafana.dataSources = [{ ...grafana.working, health: { status: 'ERROR', message: 'connection refused' } }]
    expect(await asked(environment)).toMatchObject({
      what: `data source ${grafana.working.name} is not well: connection refused`,
      remedy: 'correct its address and authorization in Grafana',
    })
    grafana.dataSources = [grafana.working]
  }, 180_000)

  // Last: the exporter ends.
  test('names a Prometheus whose target is gone, and the exporter that is', async () => {
    const target = new URL(exporter.urls.metrics).host
    await exporter.stop()
    await until(async () => (await alerting.ask('quant_exporter_build_info')).length === 0, 60_000, 200)
    const words = ['--exporter', exporter.urls.api, '--prometheus', alerting.urls.prometheus]
    const hops = await doctorFinds(['frames', 'metrics', 'prometheus'], sources(), ...words)
    expect(hops.frames?.troubles).toEqual([
      { what: `nothing listens at ${exporter.urls.api}`, remedy: 'start the exporter, or correct --exporter' },
    ])
    expect(hops.prometheus?.troubles[0]).toMatchObject({
      what: expect.stringMatching(`^target http://${target}/metrics is down: .*refused`),
      remedy: expect.stringMatching(/^check the address of the target/),
    })
    // Hops behind the broken one are tried all the same.
    expect(hops.rules?.state).toBe('ok')
  }, 240_000)
})
