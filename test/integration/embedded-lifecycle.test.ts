import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { startEmbedded } from '../../src/embedded/embedded.js'
import { builtEmbeddedFolder, processExists, startTestEngines } from '../support/embedded.js'
import { until } from '../support/until.js'

let folder: string
let engines: EmbeddedEngines | undefined
let parent: ChildProcess | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quant-exporter-test-'))
})
afterEach(async () => {
  parent?.kill('SIGKILL')
  await engines?.stop()
  engines = undefined
  await rm(folder, { recursive: true })
})

/** The engines' data folders that exist, when they were started with `temporaryDirectory: folder`. */
const dataFolders = async () => (await readdir(folder)).filter((name) => name.startsWith('quant-exporter-clickhouse-'))

test('stop takes less than a second and leaves no process and no folder, also with statements running', async () => {
  engines = await startTestEngines({ temporaryDirectory: folder })
  const { postgres, clickhouse } = engines
  expect(await dataFolders()).toHaveLength(1)
  await runLongStatements(postgres.dsn, clickhouse.url)
  const startedAt = performance.now()
  await engines.stop()
  expect(performance.now() - startedAt).toBeLessThan(1000)
  expect([processExists(postgres.pid), processExists(clickhouse.pid)]).toEqual([false, false])
  expect(await dataFolders()).toEqual([])
})

test.each([
  ['idle', false],
  ['busy', true],
])('a killed parent with %s engines leaves no process and no folder within 2 s', async (_, busy) => {
  const started = await startParent()
  expect([processExists(started.postgres.pid), processExists(started.clickhouse.pid)]).toEqual([true, true])
  expect(await dataFolders()).toHaveLength(1)
  if (busy) await runLongStatements(started.postgres.dsn, started.clickhouse.url)
  parent?.kill('SIGKILL')
  await until(
    async () =>
      !processExists(started.postgres.pid) &&
      !processExists(started.clickhouse.pid) &&
      (await dataFolders()).length === 0,
    2000,
  )
})

test('a parent killed while the engines start leaves no folder', async () => {
  const starting = startParent().catch(() => 'killed')
  await until(async () => (await dataFolders()).length === 1, 10_000)
  parent?.kill('SIGKILL')
  await until(async () => (await dataFolders()).length === 0, 5000)
  expect(await starting).toBe('killed')
})

test('Ctrl-C on the terminal is left to the parent', async () => {
  engines = await startTestEngines({ temporaryDirectory: folder })
  const { postgres, clickhouse } = engines
  for (const { pid } of [postgres, clickhouse]) for (const signal of ['SIGINT', 'SIGHUP']) process.kill(pid, signal)
  const answer = await fetch(`${clickhouse.url}/?query=SELECT%2041%2B1`)
  expect(await answer.text()).toBe('42\n')
  expect(processExists(postgres.pid)).toBe(true)
})

test('a killed ClickHouse is told of, and its folder removed', async () => {
  const exits: string[] = []
  engines = await startTestEngines({ temporaryDirectory: folder, onExit: (engine) => exits.push(engine) })
  process.kill(engines.clickhouse.pid, 'SIGKILL')
  await until(() => exits.length > 0, 2000)
  expect(exits).toEqual(['clickhouse'])
  expect(await dataFolders()).toEqual([])
})

test('a broken Postgres ends, and is told of', async () => {
  const exits: string[] = []
  engines = await startTestEngines({ temporaryDirectory: folder, onExit: (engine) => exits.push(engine) })
  const { dsn, host, port, pid } = engines.postgres
  const socket = connect({ host, port })
  // A first message of the protocol with a byte too many: PGlite does not survive it, the next connection finds out.
  socket.write(Buffer.from([0, 0, 0, 18, 0, 3, 0, 0, ...Buffer.from('user\0me\0\0\0')]))
  await new Promise((resolve) => setTimeout(resolve, 100))
  socket.destroy()
  await expect(new pg.Client({ connectionString: dsn }).connect()).rejects.toThrow()
  await until(() => exits.length > 0, 2000)
  expect(exits).toEqual(['postgres'])
  expect(processExists(pid)).toBe(false)
})

test('says where no data folder can be made', async () => {
  const nowhere = join(folder, 'nowhere')
  await expect(startTestEngines({ temporaryDirectory: nowhere })).rejects.toMatchObject({
    code: 'engine_failed',
    message: expect.stringMatching(
      /^The embedded ClickHouse did not start: no data folder can be made in .*nowhere \(/,
    ),
  })
})

test('says what to install when the packages are missing', async () => {
  // Outside the project's folder, where no package is found.
  await cp(builtEmbeddedFolder, join(folder, 'embedded'), { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const starting = startEmbedded({ childDirectory: join(folder, 'embedded'), temporaryDirectory: folder })
  await expect(starting).rejects.toMatchObject({
    code: 'engine_failed',
    message: expect.stringMatching(
      /The embedded (Postgres|ClickHouse) did not start: .* cannot be loaded: install the development dependencies \(npm ci without --omit=dev\); an image has none\. Cannot find package/,
    ),
  })
  expect(await dataFolders()).toEqual([])
})

/** A process of its own that starts engines and is idle then. */
async function startParent(): Promise<Pick<EmbeddedEngines, 'postgres' | 'clickhouse'>> {
  const script = `
    import { startEmbedded } from ${JSON.stringify(pathToFileURL(join(builtEmbeddedFolder, 'embedded.js')).href)}
    const { postgres, clickhouse } = await startEmbedded()
    console.log(JSON.stringify({ postgres, clickhouse }))
  `
  const node = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: '/usr/bin:/bin', TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  parent = node
  let output = ''
  node.stdout.on('data', (text) => {
    output += text
  })
  await until(() => output.endsWith('\n') || node.signalCode !== null, 60_000)
  return JSON.parse(output)
}

/** Sends each engine a statement that would take minutes, and returns once both are at it. */
async function runLongStatements(dsn: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: dsn })
  client.on('error', () => {})
  await client.connect()
  const cut = () => {}
  client.query('SELECT count(*) FROM generate_series(1, 3000000000)').catch(cut)
  const body =
    'CREATE TABLE long ENGINE = MergeTree ORDER BY h AS SELECT sipHash64(number) AS h FROM numbers(3000000000)'
  fetch(`${url}/?database=torghut`, { method: 'POST', body }).catch(cut)
  await new Promise((resolve) => setTimeout(resolve, 500))
}
