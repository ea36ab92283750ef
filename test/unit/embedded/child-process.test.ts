import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChildExit, type ChildOptions, type RunningChild, startChild } from '../../../src/lib/child-process.js'
import { processExists } from '../../support/embedded.js'
import { until } from '../../support/until.js'

let folder: string
const running: RunningChild<string>[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quant-exporter-test-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) await child.stop()
})
afterAll(() => rm(folder, { recursive: true }))

/** Starts a child that runs this script and is ready when it sends a string. */
async function start(script: string, options: Partial<ChildOptions<string>> = {}): Promise<RunningChild<string>> {
  const modulePath = join(folder, 'child.mjs')
  await writeFile(modulePath, script)
  const child = await startChild({
    modulePath,
    args: [],
    environment: {},
    readyWithinMs: 20_000,
    stopWithinMs: 5_000,
    readReady: (message) => (typeof message === 'string' ? message : undefined),
    ...options,
  })
  running.push(child)
  return child
}

const READY_AND_LEAVING = "process.send('ready'); process.on('disconnect', () => process.exit(0))"

test('gives what the child said when it was ready, and its process', async () => {
  const child = await start("process.send({ not: 'yet' }); process.send('port 7'); process.on('disconnect', () => {})")
  expect(child.ready).toBe('port 7')
  expect(processExists(child.pid)).toBe(true)
})

test('hands on the arguments and only the environment that was given', async () => {
  const script = 'process.send([process.argv.slice(2), Object.keys(process.env).sort(), process.execArgv].join())'
  const child = await start(script, { args: ['a', 'b'], environment: { TZ: 'UTC' } })
  expect(child.ready.replace(',NODE_CHANNEL_FD,NODE_CHANNEL_SERIALIZATION_MODE', '')).toBe('a,b,TZ,')
})

test('stops a child that leaves when the channel closes, twice as well as once', async () => {
  const exits: ChildExit[] = []
  const child = await start(READY_AND_LEAVING, { onExit: (exit) => exits.push(exit) })
  await Promise.all([child.stop(), child.stop()])
  await child.stop()
  expect(processExists(child.pid)).toBe(false)
  expect(exits).toEqual([])
})

test('kills a child that does not leave in time', async () => {
  const stubborn = "process.send('ready'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"
  const child = await start(stubborn, { stopWithinMs: 100 })
  const startedAt = performance.now()
  await child.stop()
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(98)
  expect(processExists(child.pid)).toBe(false)
})

test('kills a child at once when it is given no time', async () => {
  const child = await start(READY_AND_LEAVING, { stopWithinMs: 0 })
  await child.stop()
  expect(processExists(child.pid)).toBe(false)
})

test('tells when a child ends by itself, and how', async () => {
  const exits: ChildExit[] = []
  const onExit = (exit: ChildExit) => exits.push(exit)
  await start("process.send('ready'); process.on('message', (code) => process.exit(code.exit))", { onExit })
  await running[0]?.send({ exit: 7 })
  await until(() => exits.length === 1, 10_000)
  const killed = await start(READY_AND_LEAVING, { onExit })
  process.kill(killed.pid, 'SIGKILL')
  await until(() => exits.length === 2, 10_000)
  expect(exits).toEqual([
    { code: 7, signal: null },
    { code: null, signal: 'SIGKILL' },
  ])
})

test('carries messages both ways, and rejects them once the child is gone', async () => {
  const heard: unknown[] = []
  const echo =
    "process.send('ready'); process.on('message', (m) => process.send({ echo: m })); process.on('disconnect', () => process.exit())"
  const child = await start(echo, { onMessage: (message) => heard.push(message) })
  await child.send({ number: 1 })
  await until(() => heard.length === 1, 10_000)
  expect(heard).toEqual([{ echo: { number: 1 } }])
  await child.stop()
  await expect(child.send({ number: 2 })).rejects.toThrow('the child process is gone')
})

test('says how a child ended before it was ready, with the end of its error output', async () => {
  const starting = start("process.stderr.write('no such luck\\n', () => process.exit(3))")
  await expect(starting).rejects.toMatchObject({
    name: 'ChildStartError',
    message: 'it ended with exit code 3 before it was ready',
    stderrTail: 'no such luck',
  })
})

test('gives up on a child that is never ready, and leaves no process', async () => {
  const pidFile = join(folder, 'pid')
  const script = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000); process.on('disconnect', () => process.exit())`
  await expect(start(script, { readyWithinMs: 500 })).rejects.toThrow('it was not ready within 0.5 s')
  const { readFile } = await import('node:fs/promises')
  expect(processExists(Number(await readFile(pidFile, 'utf8')))).toBe(false)
})

test('rejects with what refused the first message', async () => {
  const refuse = () => {
    throw new RangeError('not this one')
  }
  await expect(start(READY_AND_LEAVING, { readReady: refuse })).rejects.toThrow('not this one')
})

test('stops a start that is aborted, before it began or half way', async () => {
  const before = AbortSignal.abort(new Error('no longer wanted'))
  await expect(start(READY_AND_LEAVING, { signal: before })).rejects.toThrow('no longer wanted')
  const aborting = new AbortController()
  const silent = start("process.on('disconnect', () => process.exit())", { signal: aborting.signal })
  aborting.abort(new Error('changed my mind'))
  await expect(silent).rejects.toThrow('changed my mind')
})
