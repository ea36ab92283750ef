import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type EmbeddedEngines, type EmbeddedOptions, startEmbedded } from '../../../src/embedded/embedded.js'
import { processExists } from '../../support/embedded.js'
import { until } from '../../support/until.js'

/** Stands for an engine: makes the data folder that it is given, notes how it was started, is ready on port 5000, leaves when the channel closes. */
const READY_CHILD = `
import { mkdirSync, writeFileSync } from 'node:fs'
if (process.argv[3]?.startsWith('/')) {
  mkdirSync(process.argv[3])
  process.chdir(process.argv[3])
}
writeFileSync(process.argv[1] + '.json', JSON.stringify({ pid: process.pid, args: process.argv.slice(2), cwd: process.cwd() }))
process.on('disconnect', () => process.exit())
process.on('message', (message) => process.send({ type: 'fault_set', id: message.id, heard: message }))
process.send({ type: 'ready', port: 5000 })
`
const failingChild = (message: object) =>
  `process.on('disconnect', () => process.exit()); process.send(${JSON.stringify(message)})`

let folder: string
let engines: EmbeddedEngines | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quant-exporter-test-'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})
afterEach(async () => {
  await engines?.stop()
  engines = undefined
  await rm(folder, { recursive: true })
})

async function start(postgres: string, clickhouse: string, options: EmbeddedOptions = {}): Promise<EmbeddedEngines> {
  await writeFile(join(folder, 'postgres-child.js'), postgres)
  await writeFile(join(folder, 'clickhouse-child.js'), clickhouse)
  engines = await startEmbedded({ childDirectory: folder, temporaryDirectory: folder, ...options })
  return engines
}

async function seenBy(engine: string): Promise<{ pid: number; args: string[]; cwd: string }> {
  return JSON.parse(await readFile(join(folder, `${engine}-child.js.json`), 'utf8'))
}

async function dataFolders(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('quant-exporter-clickhouse-'))
}

test('gives addresses that clients take as they are', async () => {
  const { postgres, clickhouse } = await start(READY_CHILD, READY_CHILD)
  expect(postgres).toMatchObject({
    dsn: 'postgresql://postgres:postgres@127.0.0.1:5000/postgres?sslmode=disable',
    host: '127.0.0.1',
    port: 5000,
    pid: (await seenBy('postgres')).pid,
  })
  expect(clickhouse).toMatchObject({
    url: 'http://127.0.0.1:5000',
    host: '127.0.0.1',
    port: 5000,
    pid: (await seenBy('clickhouse')).pid,
  })
})

test('runs ClickHouse in a folder of its own, which is there only as long as it runs', async () => {
  const { stop } = await start(READY_CHILD, READY_CHILD)
  const { args, cwd } = await seenBy('clickhouse')
  expect(args).toEqual(['0', cwd])
  expect(await dataFolders()).toEqual([basename(cwd)])
  await stop()
  expect(await dataFolders()).toEqual([])
})

test('hands on ports and the limit of connections', async () => {
  const free = await listeningServer()
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  await start(READY_CHILD, READY_CHILD, { postgresPort: port, postgresMaxConnections: 7 })
  expect((await seenBy('postgres')).args).toEqual([String(port), '7'])
})

test('says which engine has started', async () => {
  const started: [string, boolean][] = []
  await start(READY_CHILD, READY_CHILD, { onStarted: (engine, tookMs) => started.push([engine, tookMs > 0]) })
  expect(started.sort()).toEqual([
    ['clickhouse', true],
    ['postgres', true],
  ])
})

test('stops both, as often as it is asked', async () => {
  const exits: string[] = []
  const { postgres, clickhouse, stop } = await start(READY_CHILD, READY_CHILD, {
    onExit: (engine) => exits.push(engine),
  })
  await Promise.all([stop(), stop()])
  await stop()
  expect([processExists(postgres.pid), processExists(clickhouse.pid)]).toEqual([false, false])
  expect(exits).toEqual([])
})

test('tells when an engine ends, and removes ClickHouse’s folder then', async () => {
  const exits: unknown[] = []
  const onExit: EmbeddedOptions['onExit'] = (engine, exit) => exits.push([engine, exit])
  const { clickhouse } = await start(READY_CHILD, READY_CHILD, { onExit })
  process.kill(clickhouse.pid, 'SIGKILL')
  await until(() => exits.length === 1, 10_000)
  expect(exits).toEqual([['clickhouse', { code: null, signal: 'SIGKILL' }]])
  expect(await dataFolders()).toEqual([])
})

test('sets a fault and returns when the engine has it', async () => {
  const { clickhouse, postgres } = await start(READY_CHILD, READY_CHILD)
  await clickhouse.setFault({ kind: 'delay', delayMs: 1 })
  await clickhouse.setFault(undefined)
  await postgres.setFault({ kind: 'hang_up' })
  await postgres.setFault(undefined)
  await engines?.stop()
  await expect(clickhouse.setFault(undefined)).rejects.toThrow('the child process is gone')
  await expect(postgres.setFault(undefined)).rejects.toThrow('the child process is gone')
})

test('stops the other engine when one fails, and says which failed and why', async () => {
  const failed = failingChild({ type: 'failed', reason: 'engine', detail: 'out of luck' })
  await expect(start(failed, READY_CHILD)).rejects.toMatchObject({
    name: 'QuantError',
    code: 'engine_failed',
    message: 'The embedded Postgres did not start: out of luck',
  })
  expect(await dataFolders()).toEqual([])
})

test('says what to install when a package is missing', async () => {
  const missing = failingChild({ type: 'failed', reason: 'package_missing', detail: "Cannot find package 'chdb'" })
  await expect(start(READY_CHILD, missing)).rejects.toMatchObject({
    code: 'engine_failed',
    message:
      "The embedded ClickHouse did not start: chdb cannot be loaded: install the development dependencies (npm ci without --omit=dev); an image has none. Cannot find package 'chdb'",
  })
})

test('says what an engine wrote when it ended before it was ready', async () => {
  const crashing = "process.stderr.write('illegal instruction\\n', () => process.exit(4))"
  await expect(start(READY_CHILD, crashing)).rejects.toMatchObject({
    message:
      'The embedded ClickHouse did not start: it ended with exit code 4 before it was ready\nillegal instruction',
  })
})

test('reports every port in use at once, before an engine is started', async () => {
  const [first, second] = [await listeningServer(), await listeningServer()]
  const [postgresPort, clickhousePort] = [first, second].map((server) => (server.address() as AddressInfo).port)
  const starting = start(READY_CHILD, READY_CHILD, {
    postgresPort: postgresPort ?? 0,
    clickhousePort: clickhousePort ?? 0,
  })
  const advice = 'stop the program that listens there, or choose another port (0 takes a free one)'
  await expect(starting).rejects.toMatchObject({
    code: 'engine_failed',
    message: [
      'The embedded engines did not start:',
      `  - The embedded Postgres did not start: port ${postgresPort} of 127.0.0.1 is in use: ${advice}`,
      `  - The embedded ClickHouse did not start: port ${clickhousePort} of 127.0.0.1 is in use: ${advice}`,
    ].join('\n'),
  })
  expect(await readdir(folder)).not.toContain('postgres-child.js.json')
  for (const server of [first, second]) await new Promise((resolve) => server.close(resolve))
})

test('gives up when it is told to while the engines start', async () => {
  const aborting = new AbortController()
  const silent = "process.on('disconnect', () => process.exit())"
  const starting = start(silent, READY_CHILD, {
    signal: aborting.signal,
    onStarted: () => aborting.abort(new Error('interrupted')),
  })
  await expect(starting).rejects.toThrow('interrupted')
  expect(processExists((await seenBy('clickhouse')).pid)).toBe(false)
  expect(await dataFolders()).toEqual([])
})

function listeningServer(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
  })
}
