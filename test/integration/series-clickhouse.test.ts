import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ClickHouseClient } from '@clickhouse/client'
import fc from 'fast-check'
import { createCalendars } from '../../src/domain/calendars.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js'
import { describeError } from '../../src/lib/logger.js'
import { type SeriesTable, seriesDdl } from '../../src/stores/clickhouse/ddl.js'
import { ClickHouseArchive } from '../../src/stores/clickhouse/series-archive.js'
import { ClickHouseReader } from '../../src/stores/clickhouse/series-reader.js'
import { ClickHouseSink, encodeRows, nameOf } from '../../src/stores/clickhouse/series-sink.js'
import { Sampler } from '../../src/stores/series/sampler.js'
import { isRefusal } from '../../src/stores/series/sink.js'
import { startTestClickHouse } from '../support/embedded.js'
import { SMALL_DICTIONARY } from '../support/frames.js'
import { framesOfTicks, MADE_WINDOW, madeTicks, plainSeries } from '../support/series-frames.js'
import { BOOK, clientOf, countOf, valuesOf } from '../support/series-store.js'

const NO_END = new AbortController().signal
const TIMEOUT_MS = 30_000

let embedded: Awaited<ReturnType<typeof startTestClickHouse>>
let client: ClickHouseClient

beforeAll(async () => {
  embedded = await startTestClickHouse()
  client = clientOf(embedded.clickhouse.url)
}, 120_000)

afterAll(async () => {
  await client?.close()
  await embedded?.stop()
})

function storeOf(database: string, isThinned = true) {
  const table: SeriesTable = { database, cluster: undefined, isThinned }
  const options = { client, table, timeoutMs: TIMEOUT_MS }
  return { table, sink: new ClickHouseSink(options), reader: new ClickHouseReader({ ...options, samplingMs: 10_000 }) }
}

/** Rows of net_pnl in 1d: an amount at each instant, null where it is lost; each with its coverage. */
function linesOf(points: readonly (readonly [at: EpochMs, dollars: number | null])[]): string[] {
  return points.flatMap(([at, dollars]) => {
    const status = dollars === null ? ('insufficient_data' as const) : ('ok' as const)
    const scaled = dollars === null ? null : Math.round(dollars * 100)
    const sample = { metric: 'net_pnl', window: '1d' as const, scaled, decimals: 2, status, formulaVersion: 'v1' }
    return encodeRows({ ...BOOK, at, samples: [sample], isCovered: true })
  })
}

const recently = () => Math.floor((Date.now() - HOUR_MS) / HOUR_MS) * HOUR_MS

describe('the table of series in ClickHouse', () => {
  test('refuses rows for what is in them, in words without the row; others are taken after it', async () => {
    const { sink, table } = storeOf('refusing')
    const [line = ''] = linesOf([[recently(), 1]])
    for (const bad of [
      line.replace('"1d"', '"1d",secret'),
      line.replace(/"\d{4}-[^"]*"/, '"secret"'),
      line.replace('"ok"', '"secret"'),
    ]) {
      const batch = { token: bad, days: [], lines: [line, bad] }
      const refused = await sink.write(batch, NO_END).catch((error: unknown) => error)
      expect([bad, isRefusal(refused)]).toEqual([bad, true])
      expect(describeError(refused)).not.toContain('secret')
    }
    await sink.write({ token: 'good', days: [], lines: [line] }, NO_END)
    expect(await countOf(client, table)).toBe(1)
  })

  test('is made where it is not there, database and all, and what is written is read again', async () => {
    const { sink, reader, table } = storeOf('made')
    const at = recently()
    await sink.write(
      {
        token: 't',
        days: [],
        lines: linesOf([
          [at, 1.25],
          [at + 10_000, -3],
          [at + 30_000, null],
          [at + 40_000, 7],
        ]),
      },
      NO_END,
    )
    const [net] = await valuesOf(reader, { firstAt: at, lastAt: at + 50_000 })
    expect(net).toEqual({ formulaVersion: 'v1', values: [1.25, -3, null, null, 7, null] })
    expect(await countOf(client, table)).toBe(8)
    expect(await reader.accountsOf(BOOK.strategyId)).toEqual([BOOK.account])
    expect(await reader.accountsOf('nobody')).toEqual([])
  })

  test('that is not there yet knows nothing, and one that was dropped is made again', async () => {
    const { sink, reader, table } = storeOf('dropped')
    const at = recently()
    const grid = { firstAt: at, lastAt: at }
    expect((await valuesOf(reader, grid))[0]).toEqual({ formulaVersion: undefined, values: [null] })
    expect(await reader.accountsOf(BOOK.strategyId)).toEqual([])
    const batch = { token: 'd', days: [], lines: linesOf([[at, 1]]) }
    await sink.write(batch, NO_END)
    await client.command({ query: `DROP TABLE ${nameOf(table)}` })
    await expect(sink.write(batch, NO_END)).rejects.toMatchObject({ code: 'schema_unsupported' })
    await sink.write(batch, NO_END)
    expect((await valuesOf(reader, grid))[0]?.values).toEqual([1])
  })

  test('takes a batch once, however often it is sent', async () => {
    const { sink, reader, table } = storeOf('once')
    const at = recently()
    const batch = {
      token: '5b0d3c1e',
      days: [],
      lines: linesOf([
        [at, 1],
        [at + 10_000, 2],
      ]),
    }
    await sink.write(batch, NO_END)
    await sink.write(batch, NO_END)
    expect(await countOf(client, table)).toBe(4)
    // Where an engine does not know a token any more, readers take the last of a step all the same.
    await sink.write({ ...batch, token: 'another' }, NO_END)
    expect(await countOf(client, table)).toBe(8)
    const [net] = await valuesOf(reader, { firstAt: at, lastAt: at + 10_000 })
    expect(net?.values).toEqual([1, 2])
  })

  test('keeps names and amounts as they are', async () => {
    const { sink, reader } = storeOf('names')
    const book = { strategyId: `it's "q\\uoted"\t`, account: '[1,2]\nñ' }
    const at = recently()
    const sample = {
      metric: 'net_pnl',
      window: '1d' as const,
      decimals: 8,
      status: 'ok' as const,
      formulaVersion: 'v1',
    }
    const amount = 1_234_567_890_123_456_789n
    await sink.write(
      {
        token: 'n',
        days: [],
        lines: encodeRows({ ...book, at, samples: [{ ...sample, scaled: amount }], isCovered: true }),
      },
      NO_END,
    )
    const [net] = await valuesOf(reader, { firstAt: at, lastAt: at, book })
    expect(net?.values).toEqual([12345678901.234568])
    expect(await reader.accountsOf(book.strategyId)).toEqual([book.account])
  })

  test('is written anew: a stretch is cleared with its mark and nothing beside it, and told which stretches are done', async () => {
    const { sink, reader, table } = storeOf('anew', false)
    const archive = new ClickHouseArchive({ client, table, timeoutMs: TIMEOUT_MS, sink })
    const from = recently()
    const stretch = { from: from + 10_000, to: from + 30_000 }
    const whole = { from, to: from + DAY_MS }
    const lines = linesOf([0, 1, 2, 3].map((tick) => [from + tick * 10_000, tick]))
    await archive.write(whole, lines)
    await archive.mark(from, 'f1')
    await archive.mark(stretch.from, 'f1')
    await archive.mark(stretch.from, 'f2')
    expect(await archive.marked(whole, 'f1')).toEqual(new Set([from, stretch.from]))
    expect(await archive.marked({ from, to: stretch.from }, 'f1')).toEqual(new Set([from]))
    await archive.clear(stretch)
    expect([await archive.marked(whole, 'f1'), await archive.marked(whole, 'f2')]).toEqual([new Set([from]), new Set()])
    const grid = { firstAt: from, lastAt: from + 30_000 }
    expect((await valuesOf(reader, grid))[0]?.values).toEqual([0, null, null, 3])
    // The same rows once more are taken: they were cleared.
    await archive.write(whole, lines)
    expect((await valuesOf(reader, grid))[0]?.values).toEqual([0, 1, 2, 3])
  })

  test('a gap keeps older values from being carried on', async () => {
    const { sink, reader } = storeOf('gaps')
    const at = recently()
    const covered = [0, 1, 2, 3, 4].map((index) => at + index * 10_000)
    const lines = [
      ...linesOf([[at, 5]]),
      ...covered.flatMap((one) => encodeRows({ ...BOOK, at: one, samples: [], isCovered: true })),
      sink.gapLine(BOOK, at + 20_000),
    ]
    await sink.write({ token: 'g', days: [], lines }, NO_END)
    const [net] = await valuesOf(reader, { firstAt: at, lastAt: at + 40_000 })
    expect(net?.values).toEqual([5, 5, null, null, null])
  })

  test('gives what the frames were, on any points', async () => {
    const { sink, reader } = storeOf('any')
    const startAt = recently() - 6 * HOUR_MS
    const [ticks = []] = fc.sample(
      fc.array(madeTicks, { minLength: 8, maxLength: 8 }).map((pieces) => pieces.flat()),
      { numRuns: 1, seed: 7 },
    )
    const history = framesOfTicks(ticks, startAt, BOOK)
    const sampler = new Sampler({ dictionary: SMALL_DICTIONARY, calendars: createCalendars(), samplingMs: 10_000 })
    const lines = history.flatMap(({ frames }) => [...sampler.sample(frames)].flatMap(encodeRows))
    for (let from = 0; from < lines.length; from += 500)
      await sink.write({ token: `any-${from}`, days: [], lines: lines.slice(from, from + 500) }, NO_END)
    const endAt = history.at(-1)?.frames.stamp.at ?? startAt
    for (const stepMs of [10_000, 60_000, 90_000, HOUR_MS]) {
      for (const part of [0, 0.3, 0.6]) {
        const firstAt = Math.ceil((startAt + part * (endAt - startAt)) / stepMs) * stepMs
        const grid = { firstAt, lastAt: Math.ceil(endAt / stepMs) * stepMs, stepMs }
        const metrics = ['net_pnl', 'gross_exposure']
        const [net, exposure] = await valuesOf(reader, { ...grid, window: MADE_WINDOW, metrics })
        expect({ net: net?.values, exposure: exposure?.values }).toEqual(plainSeries(history, grid))
      }
    }
  })

  describe('thins what is old', () => {
    const now = Date.now()
    const ages = { raw: DAY_MS, minutes: 10 * DAY_MS, hours: 100 * DAY_MS, gone: 800 * DAY_MS }
    const base = (ageMs: number) => Math.floor((now - ageMs) / HOUR_MS) * HOUR_MS
    let store: ReturnType<typeof storeOf>

    beforeAll(async () => {
      store = storeOf('thinned')
      const { sink, table } = store
      // Ten seconds apart, for an hour and a half: a saw that falls at 17 steps, and has no value at each 13th.
      for (const [name, ageMs] of Object.entries(ages)) {
        const points = Array.from(
          { length: 540 },
          (_, index) => [base(ageMs) + index * 10_000, index % 13 === 12 ? null : index % 17] as const,
        )
        // In two batches, so that parts with pieces of one minute meet later.
        await sink.write(
          { token: `${name}-even`, days: [], lines: linesOf(points.filter((_, index) => index % 2 === 0)) },
          NO_END,
        )
        await sink.write(
          { token: `${name}-odd`, days: [], lines: linesOf(points.filter((_, index) => index % 2 === 1)) },
          NO_END,
        )
      }
      for (let pass = 0; pass < 2; pass += 1) await client.command({ query: `OPTIMIZE TABLE ${nameOf(table)} FINAL` })
    }, 120_000)

    const rows = async (ageMs: number) => {
      const query = `SELECT toUnixTimestamp64Milli(ts) AS at, value, low, high, status FROM ${nameOf(store.table)} WHERE metric = 'net_pnl' AND ts >= fromUnixTimestamp64Milli(${base(ageMs)}) AND ts < fromUnixTimestamp64Milli(${base(ageMs) + 2 * HOUR_MS}) ORDER BY ts`
      const answer = await client.query({ query, format: 'JSON' })
      return ((await answer.json()) as { data: Record<string, string | null>[] }).data
    }

    /** What one piece of time must have become: the last of it, and the extremes of its values. */
    const rolledUp = (ageMs: number, from: number, to: number) => {
      const indices = Array.from({ length: 540 }, (_, index) => index).filter(
        (index) => index * 10_000 >= from && index * 10_000 < to,
      )
      const values = indices.filter((index) => index % 13 !== 12).map((index) => 100 * (index % 17))
      const last = indices.at(-1) ?? 0
      const isLost = last % 13 === 12
      return {
        at: String(base(ageMs) + last * 10_000),
        value: isLost ? null : String(100 * (last % 17)),
        low: String(Math.min(...values)),
        high: String(Math.max(...values)),
        status: isLost ? 'insufficient_data' : 'ok',
      }
    }

    test('not before three days', async () => {
      expect(await rows(ages.raw)).toHaveLength(540)
    })

    test('to the last of each minute, with its extremes', async () => {
      const expected = Array.from({ length: 90 }, (_, minute) =>
        rolledUp(ages.minutes, minute * MINUTE_MS, (minute + 1) * MINUTE_MS),
      )
      expect(await rows(ages.minutes)).toEqual(expected)
    })

    test('to the last of each hour, with its extremes', async () => {
      const expected = [rolledUp(ages.hours, 0, HOUR_MS), rolledUp(ages.hours, HOUR_MS, 2 * HOUR_MS)]
      expect(await rows(ages.hours)).toEqual(expected)
    })

    test('to nothing after two years', async () => {
      expect(await rows(ages.gone)).toEqual([])
    })

    test('and minutes and hours are read like samples', async () => {
      const at = base(ages.minutes)
      const [minutes] = await valuesOf(store.reader, {
        firstAt: at + MINUTE_MS,
        lastAt: at + 3 * MINUTE_MS,
        stepMs: MINUTE_MS,
      })
      // 50 s, 110 s, 170 s: the last before each full minute.
      expect(minutes?.values).toEqual([5, 11, 0])
      const hour = base(ages.hours)
      const [hours] = await valuesOf(store.reader, {
        firstAt: hour + HOUR_MS,
        lastAt: hour + 3 * HOUR_MS,
        stepMs: HOUR_MS,
      })
      expect(hours?.values).toEqual([359 % 17, 539 % 17, null])
    })
  })

  test('is told by resolution: raw, minutes, hours', () => {
    const { reader } = storeOf('unused')
    const now = Date.now()
    expect(reader.resolutionMs(now - 3 * DAY_MS, now)).toBe(10_000)
    expect(reader.resolutionMs(now - 3 * DAY_MS - 1, now)).toBe(60_000)
    expect(reader.resolutionMs(now - 60 * DAY_MS - 1, now)).toBe(HOUR_MS)
    expect(storeOf('unused', false).reader.resolutionMs(0, now)).toBe(10_000)
  })
})

describe('the statements for a cluster', () => {
  const statements = seriesDdl({ database: 'quant', cluster: 'main', isThinned: true })

  test('are those that an administrator was shown', () => {
    const golden = fileURLToPath(new URL('../golden/series-cluster.sql', import.meta.url))
    expect(`${statements.join(';\n\n')};\n`).toBe(readFileSync(golden, 'utf8'))
  })

  test('are ones that ClickHouse can parse', async () => {
    for (const statement of statements) {
      const answer = await client.query({ query: `EXPLAIN AST ${statement}`, format: 'TabSeparated' })
      expect(await answer.text()).toContain('CreateQuery')
    }
    await expect(
      client.query({ query: `EXPLAIN AST ${statements[1]} NONSENSE`, format: 'TabSeparated' }),
    ).rejects.toThrow('Syntax error')
  })
})
