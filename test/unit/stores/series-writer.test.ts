import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DropReason } from '../../../src/domain/series.js'
import { type SeriesSink, SeriesWriter, type SeriesWriterOptions } from '../../../src/stores/series/series-writer.js'
import { Spill } from '../../../src/stores/series/spill.js'

const BOOK = { strategyId: 's', account: 'a' }
const NO_END = new AbortController().signal

/** A store that takes batches, or refuses them while it is down. */
class TestStore implements SeriesSink {
  isDown = false
  readonly taken = new Map<string, readonly string[]>()
  readonly attempts: string[] = []

  async write({ token, lines }: Parameters<SeriesSink['write']>[0]): Promise<void> {
    this.attempts.push(token)
    if (this.isDown) throw new Error('down')
    this.taken.set(token, lines)
  }

  async ping(): Promise<void> {
    if (this.isDown) throw new Error('down')
  }

  gapLine({ account }: typeof BOOK, at: number): string {
    return `gap ${account} ${at}`
  }

  get lines(): string[] {
    return [...this.taken.values()].flat()
  }
}

function writerOn(store: TestStore, parts: Partial<SeriesWriterOptions> = {}) {
  const dropped: [DropReason, number][] = []
  const seen = { dropped, unreadable: 0, written: 0, spillErrors: 0 }
  const writer = new SeriesWriter({
    ...{ sink: store, flushMs: 3_600_000, maxRows: 100, maxBytes: 10_000, maxBatchRows: 50 },
    onWritten: (count) => {
      seen.written += count
    },
    onDropped: (reason, count) => void dropped.push([reason, count]),
    onUnreadable: (count) => {
      seen.unreadable += count
    },
    onSuccess: () => undefined,
    onError: () => undefined,
    onSpillError: () => {
      seen.spillErrors += 1
    },
    ...parts,
  })
  return { writer, seen }
}

function rows(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `row ${from + index}`)
}

describe('a writer of series', () => {
  test('writes what it was given as one batch, and nothing twice', async () => {
    const store = new TestStore()
    const { writer, seen } = writerOn(store)
    writer.add(BOOK, 1, rows(0, 3))
    writer.add(BOOK, 2, rows(3, 2))
    await writer.flush(NO_END)
    await writer.flush(NO_END)
    expect([...store.taken.values()]).toEqual([rows(0, 5)])
    expect(seen.written).toBe(5)
    expect(writer.queueRows).toBe(0)
  })

  test('keeps what the store refuses, and tries it again under the same token, oldest first', async () => {
    const store = new TestStore()
    store.isDown = true
    const { writer } = writerOn(store)
    writer.add(BOOK, 1, rows(0, 3))
    await expect(writer.flush(NO_END)).rejects.toThrow('down')
    writer.add(BOOK, 2, rows(3, 3))
    await expect(writer.flush(NO_END)).rejects.toThrow('down')
    store.isDown = false
    await writer.flush(NO_END)
    expect(store.lines).toEqual(rows(0, 6))
    expect(new Set(store.attempts.slice(0, 3)).size).toBe(1)
  })

  test('drops the oldest beyond its limit, counts it, and tells readers up to when something is missing', async () => {
    const store = new TestStore()
    store.isDown = true
    const { writer, seen } = writerOn(store)
    for (let batch = 0; batch < 3; batch += 1) writer.add(BOOK, 10 * (batch + 1), rows(40 * batch, 40))
    expect(seen.dropped).toEqual([['queue_full', 80]])
    store.isDown = false
    await writer.flush(NO_END)
    // The second reached the limit of a batch together with the first.
    expect(store.lines).toEqual([...rows(80, 40), 'gap a 20'])
    expect(writer.queueRows).toBe(0)
  })

  test('ends although a single call is more than its limit', async () => {
    const store = new TestStore()
    const { writer, seen } = writerOn(store)
    writer.add(BOOK, 7, rows(0, 500))
    expect(seen.dropped).toEqual([['queue_full', 500]])
    await writer.flush(NO_END)
    expect(store.lines).toEqual(['gap a 7'])
  })

  test('that stops while its store is down counts what is lost', async () => {
    const store = new TestStore()
    store.isDown = true
    const { writer, seen } = writerOn(store)
    writer.add(BOOK, 1, rows(0, 3))
    await writer.stop(100)
    await writer.stop(100)
    expect(seen.dropped).toEqual([['stopped', 3]])
  })

  test('that stops writes what waits', async () => {
    const store = new TestStore()
    const { writer } = writerOn(store)
    writer.add(BOOK, 1, rows(0, 3))
    await writer.stop(1_000)
    expect(store.lines).toEqual(rows(0, 3))
  })

  describe('with a folder', () => {
    let folder: string
    let now = 1_000
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'quant-spill-'))
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))
    const tick = () => {
      now += 1
      return now
    }
    const spillOf = (maxBytes = 1_000_000) => ({ files: new Spill(folder, tick), maxBytes })

    test('puts what the store refuses on disk, where the next process finds it, in order', async () => {
      const store = new TestStore()
      store.isDown = true
      const first = writerOn(store, { spill: spillOf() })
      for (let batch = 0; batch < 3; batch += 1) {
        first.writer.add(BOOK, batch, rows(5 * batch, 5))
        await expect(first.writer.flush(NO_END)).rejects.toThrow('down')
      }
      expect(first.writer.queueRows).toBe(0)
      expect(readdirSync(folder)).toHaveLength(3)
      // The first process is not asked to stop: it is killed.
      const second = writerOn(store, { spill: spillOf() })
      second.writer.add(BOOK, 9, rows(15, 5))
      store.isDown = false
      await second.writer.flush(NO_END)
      expect(store.lines).toEqual(rows(0, 20))
      expect(readdirSync(folder)).toEqual([])
      expect([first.seen.dropped, second.seen.dropped]).toEqual([[], []])
    })

    test('leaves out files that are not whole, and counts them', async () => {
      const store = new TestStore()
      store.isDown = true
      const first = writerOn(store, { spill: spillOf() })
      for (let batch = 0; batch < 2; batch += 1) {
        first.writer.add(BOOK, batch, rows(5 * batch, 5))
        await expect(first.writer.flush(NO_END)).rejects.toThrow('down')
      }
      const [cut = ''] = readdirSync(folder).sort()
      writeFileSync(join(folder, cut), readFileSync(join(folder, cut)).subarray(0, -4))
      writeFileSync(join(folder, '000000000000001-00000001-x.batch.tmp'), '{"token":"x"')
      store.isDown = false
      const second = writerOn(store, { spill: spillOf() })
      await second.writer.flush(NO_END)
      expect(store.lines).toEqual(rows(5, 5))
      expect(second.seen.unreadable).toBe(2)
      expect(readdirSync(folder)).toEqual([])
    })

    test('drops the oldest file beyond its limit', async () => {
      const store = new TestStore()
      store.isDown = true
      const { writer, seen } = writerOn(store, { spill: spillOf(500) })
      for (let batch = 0; batch < 5; batch += 1) {
        writer.add(BOOK, batch, rows(10 * batch, 10))
        await expect(writer.flush(NO_END)).rejects.toThrow('down')
      }
      expect(writer.spilledBytes).toBeLessThanOrEqual(500)
      const lost = seen.dropped.reduce((sum, [, count]) => sum + count, 0)
      store.isDown = false
      await writer.flush(NO_END)
      const kept = store.lines.filter((line) => line.startsWith('row'))
      expect(kept.length + seen.dropped.length * 10).toBe(50)
      expect(lost).toBeGreaterThanOrEqual(50 - kept.length)
      expect(store.lines).toContain(`gap a ${seen.dropped.length - 1}`)
    })

    test('keeps in memory what the disk does not take', async () => {
      const store = new TestStore()
      store.isDown = true
      const spill = spillOf()
      const { writer, seen } = writerOn(store, { spill })
      await expect(writer.flush(NO_END)).rejects.toThrow('down')
      rmSync(folder, { recursive: true })
      writer.add(BOOK, 1, rows(0, 5))
      await expect(writer.flush(NO_END)).rejects.toThrow('down')
      expect(seen.spillErrors).toBe(1)
      expect(writer.queueRows).toBe(5)
      store.isDown = false
      await writer.flush(NO_END)
      expect(store.lines).toEqual(rows(0, 5))
    })

    test('that stops while its store is down leaves everything on disk', async () => {
      const store = new TestStore()
      store.isDown = true
      const { writer, seen } = writerOn(store, { spill: spillOf() })
      writer.add(BOOK, 1, rows(0, 5))
      await writer.stop(100)
      expect(seen.dropped).toEqual([])
      expect(readdirSync(folder)).toHaveLength(1)
    })
  })
})
