import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ClickHouseClient } from '@clickhouse/client'
import { bookId } from '../../src/domain/book.js'
import { createCalendars } from '../../src/domain/calendars.js'
import type { FrameSet } from '../../src/domain/frame.js'
import type { SeriesTable } from '../../src/stores/clickhouse/ddl.js'
import { ClickHouseReader } from '../../src/stores/clickhouse/series-reader.js'
import { ClickHouseSink, encodeRows } from '../../src/stores/clickhouse/series-sink.js'
import { Sampler } from '../../src/stores/series/sampler.js'
import { SeriesFeed } from '../../src/stores/series/series-feed.js'
import { SeriesWriter } from '../../src/stores/series/series-writer.js'
import { Spill } from '../../src/stores/series/spill.js'
import { startTestClickHouse } from '../support/embedded.js'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js'
import { bookFrame, SMALL_DICTIONARY, value } from '../support/frames.js'
import { clientOf, storedLines, valuesOf } from '../support/series-store.js'
import { until as poll } from '../support/until.js'

const until = (holds: () => boolean) => poll(holds, 60_000, 50)

const CALENDARS = createCalendars()
const BEGIN = Math.floor((Date.now() - 7_200_000) / 3_600_000) * 3_600_000

let embedded: Awaited<ReturnType<typeof startTestClickHouse>>
let proxy: FaultProxy
let client: ClickHouseClient

beforeAll(async () => {
  embedded = await startTestClickHouse()
  proxy = await startFaultProxy(embedded.clickhouse.port)
  client = clientOf(embedded.clickhouse.url)
}, 120_000)

afterAll(async () => {
  await client?.close()
  await proxy?.close()
  await embedded?.stop()
})

/** Frames of one book, ten seconds of T apart; its result moves at most of them. */
function framesAt(index: number): FrameSet {
  const at = BEGIN + index * 10_000
  const frame = bookFrame({ results: { net_pnl: value(index % 5 === 4 ? index - 1 : index) }, stamp: { at } })
  return { stamp: frame.stamp, formulaSet: 'f', books: new Map([[bookId(frame.book), frame]]), accounts: new Map() }
}

let databases = 0
function newTable(): SeriesTable {
  databases += 1
  return { database: `outage_${databases}`, cluster: undefined, isThinned: true }
}

interface RecorderOptions {
  readonly table: SeriesTable
  readonly folder?: string
  readonly from?: number
  readonly maxRows?: number
  readonly timeoutMs?: number
}

/** What the exporter does with the frames of ticks, with a flush each 100 ms, through the proxy. */
function startRecorder({ table, folder, from = 0, maxRows = 100_000, timeoutMs = 5_000 }: RecorderOptions) {
  const ours = clientOf(`http://127.0.0.1:${proxy.port}`)
  const counts = { written: 0, dropped: 0, failures: 0, spillErrors: 0 }
  const given: string[] = []
  const sampler = new Sampler({ dictionary: SMALL_DICTIONARY, calendars: CALENDARS, samplingMs: 10_000 })
  const writer = new SeriesWriter({
    sink: new ClickHouseSink({ client: ours, table, timeoutMs }),
    ...{ flushMs: 100, maxRows, maxBytes: 50_000_000, maxBatchRows: 10_000, random: () => 0 },
    spill: folder === undefined ? undefined : { files: new Spill(folder, Date.now), maxBytes: 50_000_000 },
    onWritten: (rows) => {
      counts.written += rows
    },
    onDropped: (_reason, rows) => {
      counts.dropped += rows
      sampler.forget()
    },
    onUnreadable: () => undefined,
    onSuccess: () => undefined,
    onError: () => {
      counts.failures += 1
    },
    onSpillError: () => {
      counts.spillErrors += 1
    },
  })
  const feed = new SeriesFeed({
    ...{ sampler, writer, mayWrite: () => true },
    encode: (samples) => {
      const lines = encodeRows(samples)
      given.push(...lines)
      return lines
    },
    onError: (error) => {
      throw error
    },
  })
  writer.start()
  let index = from
  return {
    ...{ writer, given, counts },
    tick: async () => {
      feed.offer(framesAt(index))
      index += 1
      await feed.settled()
    },
    stop: async () => {
      await writer.stop(5_000)
      await ours.close()
    },
    /** As a process that is killed: nothing is written any more. */
    abandon: () => ours.close(),
    next: () => index,
  }
}

/** Nothing is missing and nothing is there twice. */
async function expectAll(table: SeriesTable, given: readonly string[]): Promise<void> {
  expect(await storedLines(client, table)).toEqual([...given].sort())
}

const endFaults = () => Promise.all([embedded.clickhouse.setFault(undefined), proxy.setFault(undefined)])

// One that fails in the middle leaves the next ones a store that works.
afterEach(endFaults)

describe('a store of series that misbehaves', () => {
  test.each([
    ['takes two seconds for each insert', { kind: 'delay', delayMs: 2_000 } as const, 0],
    ['answers 500', { kind: 'status', status: 500 } as const, 1],
    ['takes the rows and is cut off before it can say so', undefined, 1],
  ])(
    'and %s delays nobody, and in the end has every row once',
    async (_name, fault, failures) => {
      const table = newTable()
      const recorder = startRecorder({ table })
      await recorder.tick()
      await until(() => recorder.counts.written > 0)
      await (fault === undefined
        ? proxy.setFault({ kind: 'cut_after', bytes: 20 })
        : embedded.clickhouse.setFault(fault))
      for (let tick = 0; tick < 40; tick += 1) {
        await recorder.tick()
        await sleep(50)
      }
      // All ticks are through, and the store has not taken what they had.
      expect(recorder.counts.written).toBeLessThan(recorder.given.length)
      await until(() => recorder.counts.failures >= failures)
      await endFaults()
      await until(() => recorder.counts.written === recorder.given.length)
      await recorder.stop()
      expect(recorder.counts.dropped).toBe(0)
      await expectAll(table, recorder.given)
    },
    120_000,
  )

  test.each([['stopped'], ['black_hole']] as const)(
    'and is away (%s) is caught up with from disk',
    async (kind) => {
      const table = newTable()
      const folder = mkdtempSync(join(tmpdir(), 'quant-spill-'))
      const recorder = startRecorder({ table, folder, timeoutMs: 500 })
      try {
        await recorder.tick()
        await until(() => recorder.counts.written > 0)
        await proxy.setFault({ kind })
        for (let round = 1; round <= 3; round += 1) {
          for (let tick = 0; tick < 10; tick += 1) await recorder.tick()
          await until(() => recorder.counts.failures >= round)
        }
        await until(() => recorder.writer.queueRows === 0)
        expect(readdirSync(folder).length).toBeGreaterThan(0)
        await proxy.setFault(undefined)
        await until(() => recorder.counts.written === recorder.given.length)
        await recorder.stop()
        expect(readdirSync(folder)).toEqual([])
        await expectAll(table, recorder.given)
      } finally {
        await proxy.setFault(undefined)
        rmSync(folder, { recursive: true })
      }
    },
    120_000,
  )

  test('and is away for longer than there is room for loses the oldest, counts it, and carries nothing across', async () => {
    const table = newTable()
    const recorder = startRecorder({ table, maxRows: 120, timeoutMs: 500 })
    const reader = new ClickHouseReader({ client, table, timeoutMs: 10_000, samplingMs: 10_000 })
    try {
      for (let tick = 0; tick < 5; tick += 1) await recorder.tick()
      await until(() => recorder.counts.written === recorder.given.length)
      const before = recorder.given.length
      await proxy.setFault({ kind: 'stopped' })
      // Each flush seals a batch; the batches of the first rounds are those that are lost.
      for (let round = 1; round <= 4; round += 1) {
        for (let tick = 0; tick < 8; tick += 1) await recorder.tick()
        const failures = recorder.counts.failures
        await until(() => recorder.counts.failures > failures)
      }
      expect(recorder.counts.dropped).toBeGreaterThan(0)
      await proxy.setFault(undefined)
      await until(() => recorder.writer.queueRows === 0)
      await recorder.tick()
      await until(() => recorder.writer.queueRows === 0)
      await recorder.stop()

      const stored = await storedLines(client, table)
      const gaps = stored.filter((line) => line.includes('"_gap"'))
      expect(gaps.length).toBeGreaterThan(0)
      const rows = stored.filter((line) => !line.includes('"_gap"'))
      // What was dropped may have held earlier gaps.
      expect(rows.length + recorder.counts.dropped).toBeGreaterThanOrEqual(recorder.given.length)
      expect(rows.length + recorder.counts.dropped - recorder.given.length).toBeLessThanOrEqual(4)
      expect(new Set(rows).size).toBe(rows.length)
      const isGiven = new Set(recorder.given)
      expect(rows.filter((row) => !isGiven.has(row))).toEqual([])
      expect(rows.length).toBeGreaterThan(before)

      // What is answered is what was, or null.
      const lastAt = BEGIN + (recorder.next() - 1) * 10_000
      const [net] = await valuesOf(reader, { firstAt: BEGIN, lastAt })
      const truth = Array.from({ length: recorder.next() }, (_, index) => (index % 5 === 4 ? index - 1 : index))
      const wrong = truth.filter((one, index) => net?.values[index] !== null && net?.values[index] !== one)
      expect(wrong).toEqual([])
      expect(net?.values).toContain(null)
      expect(net?.values.at(-1)).toBe(truth.at(-1))
    } finally {
      await proxy.setFault(undefined)
    }
  }, 120_000)

  test('is caught up with by the next process when this one is killed', async () => {
    const table = newTable()
    const folder = mkdtempSync(join(tmpdir(), 'quant-spill-'))
    try {
      await proxy.setFault({ kind: 'stopped' })
      const first = startRecorder({ table, folder })
      for (let tick = 0; tick < 20; tick += 1) await first.tick()
      await until(() => first.writer.queueRows === 0)
      await first.abandon()
      await first.writer.stop(0)
      await proxy.setFault(undefined)
      const second = startRecorder({ table, folder, from: first.next() })
      await second.tick()
      await until(() => second.counts.written === first.given.length + second.given.length)
      await second.stop()
      await expectAll(table, [...first.given, ...second.given])
    } finally {
      await proxy.setFault(undefined)
      rmSync(folder, { recursive: true })
    }
  }, 120_000)
})

describe('files of waiting rows', () => {
  const built = fileURLToPath(new URL('../../dist/stores/series/spill.js', import.meta.url))

  test('are whole or not there when their process is killed while it writes them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quant-spill-'))
    try {
      const script = `
        import { Spill } from ${JSON.stringify(built)}
        const spill = new Spill(${JSON.stringify(folder)}, Date.now)
        const lines = Array.from({ length: 20000 }, (_, index) => 'row ' + index)
        const bytes = Buffer.byteLength(lines.join('\\n')) + 1
        for (let n = 0; ; n += 1) await spill.store({ token: 't' + n, backend: 'b', rowCount: lines.length, bytes, days: [], books: [] }, lines)`
      let rounds = 0
      let half = 0
      for (; rounds < 5; rounds += 1) {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
        const ended = new Promise((resolve) => child.once('exit', resolve))
        await until(() => readdirSync(folder).some((name) => name.endsWith('.batch')))
        await sleep(20 + 7 * rounds)
        child.kill('SIGKILL')
        await ended
        half += readdirSync(folder).filter((name) => name.endsWith('.tmp')).length
        const spill = new Spill(folder, Date.now)
        const { files, halfWritten } = await spill.open()
        expect(halfWritten.length).toBeLessThanOrEqual(1)
        expect(files.length).toBeGreaterThan(0)
        for (const file of files) {
          expect((await spill.load(file)).lines).toHaveLength(20_000)
          await spill.remove(file)
        }
        expect(readdirSync(folder)).toEqual([])
      }
      expect(half).toBeLessThanOrEqual(rounds)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 60_000)

  const folder = mkdtempSync(join(tmpdir(), 'quant-full-'))
  let isMounted = false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', folder], { stdio: 'ignore' })
    isMounted = true
  } catch {
    // Not root, or a container that may not: the test says so by being skipped.
  }
  afterAll(() => {
    if (isMounted) execFileSync('umount', [folder])
    rmSync(folder, { recursive: true })
  })
  const withDisk = isMounted ? test : test.skip

  withDisk(
    'that a full disk does not take wait in memory, and none is lost (needs the right to mount a tmpfs)',
    async () => {
      const table = newTable()
      await proxy.setFault({ kind: 'stopped' })
      const recorder = startRecorder({ table, folder })
      while (recorder.counts.spillErrors === 0) {
        for (let tick = 0; tick < 50; tick += 1) await recorder.tick()
        const failures = recorder.counts.failures
        await until(() => recorder.counts.failures > failures)
      }
      expect(recorder.writer.queueRows).toBeGreaterThan(0)
      await proxy.setFault(undefined)
      await until(() => recorder.counts.written === recorder.given.length)
      await recorder.stop()
      expect(readdirSync(folder)).toEqual([])
      await expectAll(table, recorder.given)
    },
    120_000,
  )
})
