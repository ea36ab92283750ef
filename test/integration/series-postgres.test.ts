import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import type pg from 'pg'
import { createCalendars } from '../../src/domain/calendars.js'
import type { SeriesReader } from '../../src/domain/series.js'
import { DAY_MS, HOUR_MS } from '../../src/domain/time.js'
import { describeError } from '../../src/lib/logger.js'
import { PostgresArchive } from '../../src/stores/postgres/series-archive.js'
import { SeriesEncoder } from '../../src/stores/postgres/series-encoder.js'
import { layoutOf } from '../../src/stores/postgres/series-layout.js'
import { PostgresSeriesReader } from '../../src/stores/postgres/series-reader.js'
import { PostgresSink } from '../../src/stores/postgres/series-sink.js'
import { type Batch, dayOf } from '../../src/stores/series/batch.js'
import { Sampler } from '../../src/stores/series/sampler.js'
import { isRefusal } from '../../src/stores/series/sink.js'
import { at, SMALL_DICTIONARY } from '../support/frames.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { framesOfTicks, MADE_WINDOW, type MadeTick, madeTicks, plainSeries } from '../support/series-frames.js'
import { createStoreDatabase, openedStore } from '../support/store.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

const NO_END = new AbortController().signal
const BOOK = { strategyId: 's', account: 'a' }
const START = at('2026-03-10T15:20:00.000Z')

/** Rows as the writer would hand them over. */
function batchOf(lines: readonly string[]): Batch {
  const ats = lines.map((line) => Number((JSON.parse(line) as unknown[])[3]))
  return { token: 't', days: [...new Set(ats.map(dayOf))], lines }
}

withServer('series in our own Postgres (package postgresql-15)', () => {
  let server: PostgresServer
  const pools: pg.Pool[] = []

  beforeAll(async () => {
    server = await startPostgresServer()
  }, 60_000)
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()))
    await server?.stop()
  })

  async function storeOf(
    name: string,
    {
      dictionary = SMALL_DICTIONARY,
      pool,
      migrates = true,
    }: { readonly dictionary?: typeof SMALL_DICTIONARY; readonly pool?: pg.Pool; readonly migrates?: boolean } = {},
  ) {
    const used = pool ?? (await openedStore(await createStoreDatabase(server, name)))
    if (pool === undefined) pools.push(used)
    const layout = layoutOf(dictionary)
    const encoder = new SeriesEncoder(layout)
    const sink = new PostgresSink({ pool: used, layout, encoder, keptDays: 7, migrates })
    const sampler = new Sampler({ dictionary, calendars: createCalendars(), samplingMs: 10_000 })
    const linesOf = (ticks: readonly MadeTick[], startAt = START) =>
      framesOfTicks(ticks, startAt, BOOK).flatMap(({ frames }) =>
        [...sampler.sample(frames)].flatMap((samples) => encoder.encode(samples)),
      )
    return { pool: used, sink, encoder, linesOf, reader: new PostgresSeriesReader(used) }
  }

  const tick = (net: number | null, afterMs = 10_000): MadeTick => ({ afterMs, net, exposure: 7.5 })

  async function valuesOf(reader: SeriesReader, grid: { firstAt: number; lastAt: number; stepMs: number }) {
    const metrics = SMALL_DICTIONARY.filter(({ name }) => ['net_pnl', 'gross_exposure'].includes(name))
    const [net, exposure] = await reader.read({ ...BOOK, window: MADE_WINDOW, metrics, ...grid })
    return { net: net?.values, exposure: exposure?.values }
  }

  test('are written anew: a stretch is cleared with its mark and nothing beside it, and told which stretches are done', async () => {
    const { pool, sink, linesOf, reader } = await storeOf('anew')
    const archive = new PostgresArchive(pool, sink)
    const grid = { firstAt: START + 10_000, lastAt: START + 40_000, stepMs: 10_000 }
    const stretch = { from: START + 20_000, to: START + 40_000 }
    await archive.write({ from: START, to: START + 60_000 }, linesOf([tick(1), tick(2), tick(3), tick(4)]))
    await archive.mark(START, 'f1')
    await archive.mark(stretch.from, 'f1')
    await archive.mark(stretch.from, 'f2')
    const whole = { from: START, to: START + DAY_MS }
    expect(await archive.marked(whole, 'f1')).toEqual(new Set([START, stretch.from]))
    await archive.clear(stretch)
    expect([await archive.marked(whole, 'f1'), await archive.marked(whole, 'f2')]).toEqual([
      new Set([START]),
      new Set(),
    ])
    expect((await valuesOf(reader, grid)).net).toEqual([1, null, null, 4])
    expect(await reader.accountsOf('s')).toEqual(['a'])
  })

  test('give what the frames were, on any points', async () => {
    const { sink, linesOf, reader } = await storeOf('any_points')
    const [ticks = []] = fc.sample(
      fc.array(madeTicks, { minLength: 4, maxLength: 4 }).map((pieces) => pieces.flat()),
      { numRuns: 1, seed: 7 },
    )
    const history = framesOfTicks(ticks, START, BOOK)
    const lines = linesOf(ticks)
    for (let from = 0; from < lines.length; from += 300)
      await sink.write(batchOf(lines.slice(from, from + 300)), NO_END)
    const endAt = history.at(-1)?.frames.stamp.at ?? START
    for (const stepMs of [10_000, 90_000, 3_600_000]) {
      const grid = { firstAt: Math.ceil(START / stepMs) * stepMs, lastAt: Math.ceil(endAt / stepMs) * stepMs, stepMs }
      expect(await valuesOf(reader, grid)).toEqual(plainSeries(history, grid))
    }
    expect(await reader.accountsOf('s')).toEqual(['a'])
  })

  test('are written once, however often a batch is sent', async () => {
    const { pool, sink, linesOf } = await storeOf('once')
    const batch = batchOf(linesOf([tick(1), tick(2), tick(2)]))
    await sink.write(batch, NO_END)
    await sink.write(batch, NO_END)
    const { rows } = await pool.query('SELECT count(*)::int AS n FROM quant.quant_metrics_series')
    expect(rows).toEqual([{ n: batch.lines.length }])
  })

  test('are not carried across samples that are missing', async () => {
    const { sink, linesOf, encoder, reader } = await storeOf('gap')
    const lines = [...linesOf([tick(1), tick(1), tick(1), tick(1)]), encoder.gapLine(BOOK, START + 30_000)]
    await sink.write(batchOf(lines), NO_END)
    const { net } = await valuesOf(reader, { firstAt: START + 10_000, lastAt: START + 40_000, stepMs: 10_000 })
    expect(net).toEqual([1, 1, null, null])
  })

  test('of days that are too old are dropped as a whole', async () => {
    const { pool, sink, linesOf } = await storeOf('days')
    for (let day = 0; day < 10; day += 1) await sink.write(batchOf(linesOf([tick(day)], START + day * DAY_MS)), NO_END)
    const { rows } = await pool.query(
      'SELECT min(ts) AS oldest, count(DISTINCT ts::date)::int AS days FROM quant.quant_metrics_series',
    )
    expect(rows).toEqual([{ oldest: new Date(START + 10_000 + 2 * DAY_MS), days: 8 }])
  })

  test('are read across a change of the dictionary', async () => {
    const first = await storeOf('layouts')
    await first.sink.write(batchOf(first.linesOf([tick(1), tick(2)])), NO_END)
    const changed = [...SMALL_DICTIONARY].reverse().map((metric) => ({ ...metric, formulaVersion: 'v9' }))
    // Frames hold results in the dictionary's order, so the rows are made by hand.
    const second = await storeOf('layouts', { dictionary: changed, pool: first.pool })
    const sample = {
      metric: 'net_pnl',
      window: MADE_WINDOW,
      scaled: 345,
      decimals: 2,
      status: 'ok' as const,
      formulaVersion: 'v9',
    }
    const lines = second.encoder.encode({ ...BOOK, at: START + 30_000, samples: [sample], isCovered: true })
    await second.sink.write(batchOf(lines), NO_END)
    const metrics = SMALL_DICTIONARY.filter(({ name }) => name === 'net_pnl')
    const grid = { firstAt: START + 10_000, lastAt: START + 30_000, stepMs: 10_000 }
    const [net] = await second.reader.read({ ...BOOK, window: MADE_WINDOW, metrics, ...grid })
    expect(net).toEqual({ formulaVersion: 'v9', values: [1, 2, 3.45] })
  })

  test('keep seven digits of an amount, and leave out what is beyond 32 bits', async () => {
    const { sink, linesOf, reader } = await storeOf('digits')
    await sink.write(batchOf(linesOf([tick(123_456_789.12), tick(1e12)])), NO_END)
    const { net } = await valuesOf(reader, { firstAt: START + 10_000, lastAt: START + 20_000, stepMs: 10_000 })
    expect(net).toEqual([123_456_790, 1e12])
  })

  test('are written again, with what they need, after somebody has dropped it', async () => {
    const { pool, sink, linesOf, reader } = await storeOf('healed')
    await sink.write(batchOf(linesOf([tick(1)])), NO_END)
    for (const [index, drop] of [
      'DROP TABLE quant.quant_metrics_series_20260310',
      'DROP TABLE quant.quant_series_layouts',
      'DROP TABLE quant.quant_metrics_series, quant.quant_series_layouts',
    ].entries()) {
      await pool.query(drop)
      const afterMs = (index + 1) * 20_000
      const batch = batchOf(linesOf([tick(index)], START + afterMs))
      await expect(sink.write(batch, NO_END)).rejects.toMatchObject({ retryable: true })
      await sink.write(batch, NO_END)
      await sink.ping(NO_END)
      const at = START + afterMs + 10_000
      expect((await valuesOf(reader, { firstAt: at, lastAt: at, stepMs: 10_000 })).net).toEqual([index])
    }
  })

  test('are refused for what is in them, in words without the row', async () => {
    const { sink, linesOf } = await storeOf('refused')
    const [line = ''] = linesOf([tick(1)])
    for (const [bad, state] of [
      [line.replace(/\{[^}]*\}/, '{secret}'), '22P02'],
      [line.replace('"s"', '"s\\u0000secret"'), '22P05'],
      [line.replace('"s"', JSON.stringify(randomBytes(6_000).toString('hex'))), '54000'],
    ] as const) {
      const refused = await sink.write({ ...batchOf([line]), lines: [bad] }, NO_END).catch((error: unknown) => error)
      expect(isRefusal(refused)).toBe(true)
      expect(describeError(refused)).toBe(`the series store refuses rows: Postgres answers with SQLSTATE ${state}`)
    }
    await sink.write(batchOf([line]), NO_END)
  })

  test('of a stretch are found by time, without reading those of every book', async () => {
    const { pool, sink, linesOf } = await storeOf('by_time')
    await sink.write(batchOf(linesOf([tick(1)])), NO_END)
    for (let hour = 0; hour < 24; hour += 1)
      await pool.query(
        `INSERT INTO quant.quant_metrics_series
         SELECT 's', 'book ' || book, '1d', '2026-03-10T00:00:00Z'::timestamptz + make_interval(hours => $1, mins => minute), 'f', NULL
           FROM generate_series(0, 59) AS minute, generate_series(1, 40) AS book ORDER BY minute`,
        [hour],
      )
    await pool.query('VACUUM ANALYZE quant.quant_metrics_series')
    const { rows } = await pool.query('EXPLAIN DELETE FROM quant.quant_metrics_series WHERE ts >= $1 AND ts < $2', [
      new Date(START),
      new Date(START + HOUR_MS),
    ])
    expect(JSON.stringify(rows)).toContain('Bitmap Index Scan on quant_metrics_series_20260310_ts_idx')
  })

  test('tell why they cannot be written', async () => {
    const { pool, sink, linesOf } = await storeOf('broken', { migrates: false })
    await pool.query('DROP TABLE quant.quant_metrics_series')
    const batch = batchOf(linesOf([tick(1)]))
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(sink.write(batch, NO_END)).rejects.toMatchObject({ code: 'schema_unsupported' })
    await expect(sink.ping(NO_END)).rejects.toMatchObject({ code: 'schema_unsupported' })
  })
})
