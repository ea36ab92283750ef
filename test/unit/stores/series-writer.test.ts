import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DropReason } from '../../../src/domain/series.js'
import { GAP } from '../../../src/stores/series/marks.js'
import { SeriesWriter, type SeriesWriterOptions } from '../../../src/stores/series/series-writer.js'
import { refusal, type SeriesSink } from '../../../src/stores/series/sink.js'
import { Spill } from '../../../src/stores/series/spill.js'

const BOOK = { strategyId: 's', account: 'a' }
const NO_END = new AbortController().signal

/** A row that tells of a gap, as stores write it; the other rows here are no JSON, as what a damaged file holds. */
const gap = (account: string, at: number) => JSON.stringify([account, at, GAP])

/** A store that takes batches, unless it is down, or the batch holds a line that it never takes. */
class TestStore implements SeriesSink {
  backend = 'test'
  isDown = false
  refused: string | undefined
  isRefused = (line: string) => line === this.refused
  /** So many attempts are answered, and no more. */
  downAfter = Number.POSITIVE_INFINITY
  readonly taken = new Map<string, readonly string[]>()
  readonly attempts: string[] = []

  async write({ token, lines }: Parameters<SeriesSink['write']>[0]): Promise<void> {
    this.attempts.push(token)
    if (this.isDown || this.attempts.length > this.downAfter) throw new Error('down')
    if (lines.some(this.isRefused)) throw refusal('bad row')
    this.taken.set(token, lines)
  }

  async ping(): Promise<void> {
    if (this.isDown) throw new Error('down')
  }

  gapLine({ account }: typeof BOOK, at: number): string {
    return gap(account, at)
  }

  get lines(): string[] {
    return [...this.taken.values()].flat()
  }
}

function writerOn(store: TestStore, parts: Partial<SeriesWriterOptions> = {}) {
  const dropped: [DropReason, number][] = []
  const refusals: string[] = []
  const unreadable: string[] = []
  const seen = { dropped, refusals, unreadable, written: 0, spillErrors: 0 }
  const writer = new SeriesWriter({
    ...{ sink: store, flushMs: 3_600_000, maxRows: 100, maxBytes: 10_000, maxBatchRows: 50 },
    onWritten: (count) => {
      seen.written += count
    },
    onDropped: (reason, count, refused) => {
      dropped.push([reason, count])
      if (refused !== undefined) refusals.push(refused.message)
    },
    onUnreadable: (names) => void unreadable.push(...names),
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
    expect(store.lines).toEqual([...rows(80, 40), gap('a', 20)])
    expect(writer.queueRows).toBe(0)
  })

  test('ends although a single call is more than its limit', async () => {
    const store = new TestStore()
    const { writer, seen } = writerOn(store)
    writer.add(BOOK, 7, rows(0, 500))
    expect(seen.dropped).toEqual([['queue_full', 500]])
    await writer.flush(NO_END)
    expect(store.lines).toEqual([gap('a', 7)])
  })

  test('drops of a batch only the row that the store refuses for what is in it, and goes on with the next', async () => {
    const store = new TestStore()
    const { writer, seen } = writerOn(store)
    store.isDown = true
    for (let batch = 0; batch < 3; batch += 1) {
      writer.add(BOOK, batch, rows(5 * batch, 5))
      await expect(writer.flush(NO_END)).rejects.toThrow('down')
    }
    store.isDown = false
    store.refused = 'row 7'
    await writer.flush(NO_END)
    expect(new Set(store.lines)).toEqual(new Set(rows(0, 15).filter((row) => row !== 'row 7')))
    expect(store.lines).toHaveLength(14)
    expect(seen.dropped).toEqual([['refused', 1]])
    expect(seen.refusals).toEqual(['the series store refuses rows: bad row'])
    expect(seen.written).toBe(14)
    await writer.flush(NO_END)
    expect(store.lines.at(-1)).toBe(gap('a', 1))
    expect(writer.queueRows).toBe(0)
  })

  test('does not tell for ever of rows that tell of a gap, when they are refused as well', async () => {
    const store = new TestStore()
    const { writer, seen } = writerOn(store)
    store.refused = gap('a', 1)
    writer.add(BOOK, 1, [...rows(0, 2), store.refused])
    for (let round = 0; round < 3; round += 1) await writer.flush(NO_END)
    expect(seen.dropped).toEqual([['refused', 1]])
    expect(store.lines.sort()).toEqual(rows(0, 2))
    expect(writer.queueRows).toBe(0)
  })

  test('asks no more than a hundred times for a batch of nothing but bad rows, and counts each', async () => {
    const store = new TestStore()
    const { writer, seen } = writerOn(store, { maxRows: 10_000, maxBytes: 1_000_000, maxBatchRows: 5_000 })
    store.isRefused = (line) => line.startsWith('row')
    writer.add(BOOK, 1, rows(0, 3_000))
    await writer.flush(NO_END)
    expect(store.attempts.length).toBeLessThanOrEqual(100)
    expect(seen.dropped).toEqual([['refused', 3_000]])
    await writer.flush(NO_END)
    expect(store.lines).toEqual([gap('a', 1)])
  })

  test('stores nothing twice when the store goes away between two halves of a batch', async () => {
    const store = new TestStore()
    const { writer, seen } = writerOn(store)
    store.refused = 'row 7'
    store.downAfter = 2
    writer.add(BOOK, 1, rows(0, 20))
    await expect(writer.flush(NO_END)).rejects.toThrow('down')
    store.downAfter = Number.POSITIVE_INFINITY
    await writer.flush(NO_END)
    expect(new Set(store.lines)).toEqual(new Set(rows(0, 20).filter((row) => row !== 'row 7')))
    expect(store.lines).toHaveLength(19)
    expect(seen.written).toBe(19)
    expect(seen.dropped).toEqual([['refused', 1]])
  })

  test('that stops writes what tells of the batch that was refused then', async () => {
    const store = new TestStore()
    const { writer, seen } = writerOn(store)
    store.refused = 'row 1'
    writer.add(BOOK, 4, rows(0, 3))
    await writer.stop(1_000)
    expect(store.lines.sort()).toEqual([gap('a', 4), 'row 0', 'row 2'])
    expect(seen.dropped).toEqual([['refused', 1]])
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

    /** What a process has left that was killed while its store was down: some batches of five rows. */
    const leave = async (batches: number, backend = 'test') => {
      const store = Object.assign(new TestStore(), { isDown: true, backend })
      const { writer } = writerOn(store, { spill: spillOf() })
      for (let batch = 0; batch < batches; batch += 1) {
        writer.add(BOOK, batch, rows(5 * batch, 5))
        await expect(writer.flush(NO_END)).rejects.toThrow('down')
      }
      return readdirSync(folder).sort()
    }

    test.each<[what: string, spoil: (path: string) => void, gap: readonly string[]]>([
      ['is cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, -4)), [gap('a', 1)]],
      ['has another label', (path) => writeFileSync(path, '{"token":"x","bytes":0}\n'), []],
      ['is empty', (path) => writeFileSync(path, ''), []],
      [
        'cannot be read',
        (path) => {
          rmSync(path)
          mkdirSync(path)
        },
        [],
      ],
      [
        'leads nowhere',
        (path) => {
          rmSync(path)
          symlinkSync(join(folder, 'nowhere'), path)
        },
        [],
      ],
    ])('sets a file aside that %s, names it, and goes on with the next', async (_what, spoil, gap) => {
      const names = await leave(3)
      const spoilt = names[1] ?? ''
      spoil(join(folder, spoilt))
      const store = new TestStore()
      const { writer, seen } = writerOn(store, { spill: spillOf() })
      await writer.flush(NO_END)
      expect(store.lines).toEqual([...rows(0, 5), ...rows(10, 5)])
      expect(seen.unreadable).toEqual([spoilt])
      expect(readdirSync(folder)).toEqual([`${spoilt}.unreadable`])
      expect(writer.spilledBytes).toBe(0)
      await writer.flush(NO_END)
      expect(store.lines.slice(10)).toEqual(gap)
      // The next process leaves it alone.
      const next = writerOn(store, { spill: spillOf() })
      await next.writer.flush(NO_END)
      expect(next.seen.unreadable).toEqual([])
    })

    test('removes files that were not finished, and names them', async () => {
      await leave(1)
      writeFileSync(join(folder, '000000000000001-00000001-x.batch.tmp'), '{"token":"x"')
      const store = new TestStore()
      const { writer, seen } = writerOn(store, { spill: spillOf() })
      await writer.flush(NO_END)
      expect(store.lines).toEqual(rows(0, 5))
      expect(seen.unreadable).toEqual(['000000000000001-00000001-x.batch.tmp'])
      expect(readdirSync(folder)).toEqual([])
    })

    test('drops what was written for another backend', async () => {
      await leave(2, 'other')
      const store = new TestStore()
      const { writer, seen } = writerOn(store, { spill: spillOf() })
      await writer.flush(NO_END)
      expect(store.attempts).toEqual([])
      expect(seen.dropped).toEqual([
        ['refused', 5],
        ['refused', 5],
      ])
      expect(seen.refusals[0]).toBe('the series store refuses rows: they were written for other')
      expect(readdirSync(folder)).toEqual([])
    })

    test('that stops with a full folder keeps the row that tells of what it dropped last', async () => {
      const store = new TestStore()
      store.isDown = true
      const { writer, seen } = writerOn(store, { spill: spillOf(700) })
      for (let batch = 0; batch < 3; batch += 1) {
        writer.add(BOOK, batch, rows(10 * batch, 10))
        await expect(writer.flush(NO_END)).rejects.toThrow('down')
      }
      writer.add(BOOK, 3, rows(30, 10))
      await writer.stop(1_000)
      expect(seen.dropped.filter(([reason]) => reason === 'stopped')).toEqual([])
      store.isDown = false
      const next = writerOn(store, { spill: spillOf(700) })
      await next.writer.flush(NO_END)
      const kept = [...Array(4).keys()].filter((batch) => store.lines.includes(`row ${10 * batch}`))
      const newestLost = Math.max(...[...Array(4).keys()].filter((batch) => !kept.includes(batch)))
      expect(kept).toContain(3)
      expect(store.lines).toContain(gap('a', newestLost))
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
      expect(store.lines).toContain(gap('a', seen.dropped.length - 1))
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
