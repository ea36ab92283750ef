import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { EmbeddedClickHouse } from '../../src/embedded/embedded-clickhouse.js'
import { startAlerting } from '../support/alerting.js'
import { type ConfinedProgram, NOBODY, possibleConfinement, startConfined } from '../support/confinement.js'
import { startTestClickHouse } from '../support/embedded.js'
import { freePort } from '../support/free-port.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { PROJECT_ROOT } from '../support/process.js'
import { hasProgram } from '../support/programs.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'
import { addTwinBooks } from '../support/twin-books.js'
import { until } from '../support/until.js'

const API = '/api/torghut/trading/control-plane/quant'
const START = '2026-11-20T19:30:00Z'
const SESSIONS = 6
/** Longer than a notice takes to leave. */
const QUIET_MS = 5_000
const MEMORY_BYTES = 256 * 1024 * 1024
/** What follows the path of Node.js. */
const ENTRYPOINT: readonly string[] = JSON.parse(
  /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(join(PROJECT_ROOT, 'Dockerfile'), 'utf8'))?.[1] ?? '[]',
).slice(1)
/** README and docs/deployment.md tell how large the image's files are. */
const LARGEST_SET_BYTES = 25_000_000

const folder = mkdtempSync(join(tmpdir(), 'quant-image-'))
const image = join(folder, 'app')
const files = () => readdirSync(image, { recursive: true, encoding: 'utf8' })

beforeAll(() => {
  chmodSync(folder, 0o755)
  execFileSync(process.execPath, ['scripts/assemble-image.mjs', image], { cwd: PROJECT_ROOT })
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the files of the image', () => {
  test('are the program, its packages as npm would install them, the licence and a bill of materials', () => {
    expect(readdirSync(image).sort()).toEqual(
      ['LICENSE', 'bin', 'dist', 'node_modules', 'package.json', 'sbom.cdx.json'].sort(),
    )
    const listed = spawnSync('npm', ['ls', '--all', '--parseable'], { cwd: image, encoding: 'utf8' })
    expect([listed.status, listed.stderr]).toEqual([0, ''])
    const installed = listed.stdout.trim().split('\n').slice(1)
    const bill = JSON.parse(readFileSync(join(image, 'sbom.cdx.json'), 'utf8'))
    expect(bill.components.map(({ name }: { name: string }) => name).sort()).toEqual(
      installed.map((path) => path.slice(join(image, 'node_modules/').length)).sort(),
    )
    expect(bill.components.filter(({ licenses }: { licenses?: readonly object[] }) => !licenses?.length)).toEqual([])
  })

  test('hold no engine of the demo, no tool of development, and fewer bytes than the documents say', () => {
    expect(
      files().filter((path) =>
        /^node_modules\/(chdb|@electric-sql|jest|typescript)|^dist\/(dashboards|.*\.map$)/.test(path),
      ),
    ).toEqual([])
    const bytes = files().reduce((sum, path) => sum + statSync(join(image, path)).size, 0)
    expect(bytes).toBeLessThan(LARGEST_SET_BYTES)
  })

  test('hold every module that a command is made of', () => {
    const { status, stdout } = spawnSync(process.execPath, ['bin/quant-exporter.js', '--help'], {
      cwd: image,
      encoding: 'utf8',
    })
    expect([status, stdout]).toEqual([0, expect.stringContaining('serve')])
  })

  test('are what the Dockerfile ships', () => {
    const dockerfile = readFileSync(join(PROJECT_ROOT, 'Dockerfile'), 'utf8')
    expect(dockerfile).toContain('node scripts/assemble-image.mjs /image')
    expect(dockerfile.match(/^COPY --from=.*$/gm)).toEqual(['COPY --from=build /image ./'])
    expect(dockerfile).toContain(`USER ${NOBODY}:${NOBODY}`)
    expect(ENTRYPOINT.at(-1)).toBe('bin/quant-exporter.js')
  })
})

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer('the image’s files, run on a Postgres 15 with ten books (package postgresql-15)', () => {
  const confinement = possibleConfinement()
  const where = (possible: true | string) => (possible === true ? test : test.skip)
  const why = (possible: true | string) => (possible === true ? '' : ` (skipped: ${possible})`)
  let server: PostgresServer
  let clickhouse: { readonly clickhouse: EmbeddedClickHouse; stop(): Promise<void> }
  let environment: Readonly<Record<string, string>>
  let program: ConfinedProgram
  let [api, metrics] = ['', '']
  const scrape = async () => (await fetch(`${metrics}/metrics`)).text()

  /** Starts it as the chart would, with the main switch as it is told, and waits until it is ready. */
  async function start(isEnabled: boolean): Promise<void> {
    program = await startConfined(confinement, MEMORY_BYTES, image, [...ENTRYPOINT, 'serve', '--at', START], {
      ...environment,
      JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: String(isEnabled),
    })
    await until(async () => program.hasEnded || (await statusOf(`${metrics}/readyz`)) === 200, 240_000, 100)
    if (program.hasEnded) throw new Error(`the program has ended: ${program.out()}`)
  }

  beforeAll(async () => {
    ;[server, clickhouse] = await Promise.all([startPostgresServer(), startTestClickHouse()])
    const addresses = { dsn: server.dsn, clickhouse: clickhouse.clickhouse }
    const simulator = await fillTorghut(addresses, Date.parse(START), SESSIONS)
    await simulator.stop()
    await addTwinBooks(server.dsn)
    const config = join(folder, 'quant-config.yaml')
    writeFileSync(config, 'policy: { max_leverage: 0.000001 }\n')
    const [apiPort, metricsPort] = [await freePort(), await freePort()]
    api = `http://127.0.0.1:${apiPort}`
    metrics = `http://127.0.0.1:${metricsPort}`
    environment = {
      ...environmentOf(addresses),
      ...{ TORGHUT_DB_TIMEOUT_MS: '120000', CH_TIMEOUT_MS: '120000' },
      ...{ QUANT_CONFIG: config, JANGAR_TORGHUT_QUANT_ALERTS_ENABLED: 'true' },
      ...{ QUANT_LISTEN: `127.0.0.1:${apiPort}`, QUANT_METRICS_LISTEN: `127.0.0.1:${metricsPort}` },
    }
    await start(true)
  }, 600_000)

  afterAll(async () => {
    if (program?.hasEnded === false) await program.end('SIGKILL')
    await Promise.all([server?.stop(), clickhouse?.stop()])
  })

  test('are ready, and publish every book', async () => {
    await until(
      async () => (await scrape()).match(/^quant_net_pnl_usd\{.*window="1d".*\} /gm)?.length === 10,
      180_000,
      500,
    )
    const text = await scrape()
    expect(text).toContain('\nquant_books{calendar="XNYS",shard="0"} 8\n')
    expect(text).toContain('\nquant_books{calendar="24x7",shard="0"} 2\n')
    expect(await statusOf(`${api}${API}/strategies`)).toBe(200)
    expect(await statusOf(`${api}/live`)).toBe(200)
  }, 240_000)

  where(confinement.user)(`run as nobody, without any capability${why(confinement.user)}`, () => {
    const status = readFileSync(`/proc/${program.pid}/status`, 'utf8')
    expect(status).toMatch(new RegExp(`^Uid:(\\t${NOBODY}){4}$`, 'm'))
    expect(status).toMatch(/^CapEff:\t0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
  })

  where(confinement.readOnlyRoot)(`run on a root that is read-only${why(confinement.readOnlyRoot)}`, () => {
    const mounts = readFileSync(`/proc/${program.pid}/mounts`, 'utf8').split('\n')
    const root = mounts.findLast((line) => line.split(' ')[1] === '/')
    expect(root?.split(' ')[3]?.split(',')).toContain('ro')
  })

  where(confinement.memory)(
    `stay within 256 MiB${why(confinement.memory)}`,
    async () => {
      for (let count = 0; count < 10; count += 1) await scrape()
      expect(program.peakBytes()).toBeLessThanOrEqual(MEMORY_BYTES)
      expect(program.hasEnded).toBe(false)
    },
    120_000,
  )

  const hasAlerting = [
    hasProgram('prometheus', 'prometheus'),
    hasProgram('prometheus-alertmanager', 'prometheus-alertmanager'),
  ].every(Boolean)
  ;(hasAlerting ? test : test.skip)(
    'are switched off and on again, the rollback: computing stops, gauges go, alerts resolve, and nobody is paged',
    async () => {
      let page = await scrape()
      const alerting = await startAlerting(() => page)
      // An exporter that is away answers nothing, which ends its series as a failed scrape does.
      const timer = setInterval(() => void scrape().then(setPage, () => setPage('')), 500)
      const setPage = (text: string) => {
        page = text
      }
      const pages = (status: string) =>
        alerting.notices.filter((notice) => notice.receiver === 'pager' && notice.status === status)
      try {
        await until(() => program.hasEnded || pages('firing').length > 0, 120_000)
        expect([program.hasEnded, program.out()]).toEqual([false, expect.any(String)])
        const stream = await fetch(`${api}${API}/stream`)
        const told = stream.text().catch((error: unknown) => String(error))
        expect(await program.end('SIGTERM')).toBe(0)
        expect(await told).toContain(': stopping')

        await start(false)
        const text = await scrape()
        expect(text).toContain('quant_exporter_enabled{shard="0"} 0')
        expect(text.match(/^quant_(net_pnl_usd|policy_open|books|source_up)\{.*/gm)).toBeNull()
        expect(await connectionsTo(server)).toBe(0)
        const refused = await fetch(`${api}${API}/strategies`)
        expect([refused.status, await refused.json()]).toEqual([503, expect.objectContaining({ reason: 'disabled' })])
        const held = async () => (await alerting.held()).filter((name) => name !== 'QuantWatchdog')
        await until(async () => pages('resolved').length > 0 && (await held()).length === 0, 180_000, 200)
        const paged = pages('firing').length
        await pause(QUIET_MS)
        expect(pages('firing')).toHaveLength(paged)
        const alerts = new Set(pages('firing').flatMap((notice) => notice.alerts.map(({ labels }) => labels.alertname)))
        expect([...alerts].filter((name) => /Exporter|Source|Books|Ready/.test(name ?? ''))).toEqual([])

        expect(await program.end('SIGTERM')).toBe(0)
        const onAtMs = performance.now()
        await start(true)
        // Ten seconds are asked for; a busy machine needs longer, so it is told and not judged.
        process.stdout.write(`ready ${((performance.now() - onAtMs) / 1000).toFixed(1)} s after it was switched on\n`)
        await until(() => pages('firing').length > paged, 120_000)
      } finally {
        clearInterval(timer)
        await alerting.stop()
      }
    },
    600_000,
  )

  test('end at SIGTERM with status 0', async () => {
    expect(await program.end('SIGTERM')).toBe(0)
  }, 120_000)
})

/** How many sessions the exporter has there. */
async function connectionsTo({ dsn }: PostgresServer): Promise<number> {
  const client = new pg.Client({ connectionString: dsn })
  await client.connect()
  const { rows } = await client.query(
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
  )
  await client.end()
  return Number(rows[0].count)
}

/** Undefined: nobody answers. */
function statusOf(url: string): Promise<number | undefined> {
  return fetch(url).then(
    ({ status }) => status,
    () => undefined,
  )
}
