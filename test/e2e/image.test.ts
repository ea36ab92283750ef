import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EmbeddedClickHouse } from '../../src/embedded/embedded-clickhouse.js'
import { type ConfinedProgram, NOBODY, possibleConfinement, startConfined } from '../support/confinement.js'
import { startTestClickHouse } from '../support/embedded.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { PROJECT_ROOT } from '../support/process.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'
import { addTwinBooks } from '../support/twin-books.js'
import { until } from '../support/until.js'

const START = '2026-11-20T19:30:00Z'
const SESSIONS = 6
const MEMORY_BYTES = 256 * 1024 * 1024
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

  test('are what the Dockerfile ships', () => {
    const dockerfile = readFileSync(join(PROJECT_ROOT, 'Dockerfile'), 'utf8')
    expect(dockerfile).toContain('node scripts/assemble-image.mjs /image')
    expect(dockerfile.match(/^COPY --from=.*$/gm)).toEqual(['COPY --from=build /image ./'])
    expect(dockerfile).toContain(`USER ${NOBODY}:${NOBODY}`)
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
  let program: ConfinedProgram
  let api: string
  let metrics: string

  beforeAll(async () => {
    ;[server, clickhouse] = await Promise.all([startPostgresServer(), startTestClickHouse()])
    const addresses = { dsn: server.dsn, clickhouse: clickhouse.clickhouse }
    const simulator = await fillTorghut(addresses, Date.parse(START), SESSIONS)
    await simulator.stop()
    await addTwinBooks(server.dsn)
    const [apiPort, metricsPort] = [await freePort(), await freePort()]
    api = `http://127.0.0.1:${apiPort}`
    metrics = `http://127.0.0.1:${metricsPort}`
    program = await startConfined(confinement, MEMORY_BYTES, image, ['bin/quant-exporter.js', 'serve', '--at', START], {
      ...environmentOf(addresses),
      JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
      QUANT_LISTEN: `127.0.0.1:${apiPort}`,
      QUANT_METRICS_LISTEN: `127.0.0.1:${metricsPort}`,
    })
    await until(async () => program.hasEnded || (await statusOf(`${metrics}/readyz`)) === 200, 120_000, 100)
    if (program.hasEnded) throw new Error(`the program has ended: ${program.out()}`)
  }, 300_000)

  afterAll(async () => {
    if (program?.hasEnded === false) await program.end('SIGKILL')
    await Promise.all([server?.stop(), clickhouse?.stop()])
  })

  test('is ready, and publishes every book', async () => {
    expect(program.out()).not.toContain('"level":"error"')
    const text = await (await fetch(`${metrics}/metrics`)).text()
    expect(text).toContain('\nquant_books{calendar="XNYS",shard="0"} 8\n')
    expect(text).toContain('\nquant_books{calendar="24x7",shard="0"} 2\n')
    expect(text.match(/^quant_net_pnl_usd\{.*window="1d".*\} /gm)).toHaveLength(10)
    expect(await statusOf(`${api}/api/torghut/trading/control-plane/quant/strategies`)).toBe(200)
    expect(await statusOf(`${api}/live`)).toBe(200)
  })

  where(confinement.user)(`runs as nobody, without any capability${why(confinement.user)}`, () => {
    const status = readFileSync(`/proc/${program.pid}/status`, 'utf8')
    expect(status).toMatch(new RegExp(`^Uid:(\\t${NOBODY}){4}$`, 'm'))
    expect(status).toMatch(/^CapEff:\t0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
  })

  where(confinement.readOnlyRoot)(`runs on a root that is read-only${why(confinement.readOnlyRoot)}`, () => {
    const root = readFileSync(`/proc/${program.pid}/mounts`, 'utf8')
      .split('\n')
      .findLast((line) => / \/ /.test(line))
    expect(root?.split(' ')[3]?.split(',')).toContain('ro')
  })

  where(confinement.memory)(`stays within 256 MiB${why(confinement.memory)}`, async () => {
    for (let scrape = 0; scrape < 20; scrape += 1) await (await fetch(`${metrics}/metrics`)).arrayBuffer()
    expect(program.peakBytes()).toBeLessThanOrEqual(MEMORY_BYTES)
    expect(program.hasEnded).toBe(false)
  })

  test('ends at SIGTERM with status 0', async () => {
    expect(await program.end('SIGTERM')).toBe(0)
  })
})

/** Undefined: nobody answers. */
function statusOf(url: string): Promise<number | undefined> {
  return fetch(url).then(
    ({ status }) => status,
    () => undefined,
  )
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}
