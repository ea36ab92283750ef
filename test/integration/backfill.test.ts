import { readFileSync } from 'node:fs'
import { backfill } from '../../src/app/backfill.js'
import { openBackend } from '../../src/app/materialize/series.js'
import { replayDatabase } from '../../src/app/replay.js'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { readConfig } from '../../src/config/config.js'
import { createCalendars } from '../../src/domain/calendars.js'
import { roundForOutput } from '../../src/domain/exact.js'
import type { FrameSet } from '../../src/domain/frame.js'
import { decimalsOf } from '../../src/domain/metric.js'
import type { Progress } from '../../src/domain/ports.js'
import type { SeriesReader } from '../../src/domain/series.js'
import { MINUTE_MS } from '../../src/domain/time.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { Releasers } from '../../src/lib/releasers.js'
import type { Simulator } from '../../src/simulator/simulation.js'
import { startTestEngines } from '../support/embedded.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'

const START = Date.parse('2026-11-20T19:30:00Z')
/** Eight minutes over a border of hours. */
const FROM = Date.parse('2026-11-20T18:56:00Z')
const TO = FROM + 8 * MINUTE_MS
const INSTANTS = [FROM + 40_000, FROM + 5 * MINUTE_MS + 30_000]

describe('quant-exporter backfill', () => {
  let engines: EmbeddedEngines
  let simulator: Simulator
  let reader: SeriesReader
  const releasers = new Releasers(() => undefined)

  beforeAll(async () => {
    engines = await startTestEngines()
    simulator = await fillTorghut({ dsn: engines.postgres.dsn, clickhouse: engines.clickhouse }, START, 3)
  }, 180_000)
  afterAll(async () => {
    await releasers.release()
    await simulator?.stop()
    await engines?.stop()
  })

  const configOf = () => {
    const config = readConfig({
      environment: {
        JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
        ...environmentOf({ dsn: engines.postgres.dsn, clickhouse: engines.clickhouse }),
        QUANT_SERIES_CLICKHOUSE_URL: `${engines.clickhouse.url}/backfilled`,
      },
      readFile: (path) => readFileSync(path, 'utf8'),
      isTerminal: false,
    })
    // By the machine's clock the range is old, and would be thinned at once.
    return { ...config, series: config.series && { ...config.series, isThinned: false } }
  }
  const run = (
    parts: {
      readonly again?: boolean
      readonly from?: number
      readonly to?: number
      readonly signal?: AbortSignal
      readonly onProgress?: (progress: Progress) => void
    } = {},
  ) => backfill({ ...common(), ...{ from: FROM, to: TO, again: false }, ...parts })
  const common = () => ({
    ...{ config: configOf(), calendars: createCalendars(), signal: new AbortController().signal },
    ...{ log: { warn: () => undefined, error: () => undefined }, onProgress: () => undefined },
  })
  /** Facts do not change here, so what a replay says of an instant does not. */
  const replayed = new Map<number, Promise<FrameSet>>()
  const replayedAt = (at: number) => {
    const known = replayed.get(at) ?? replayAt(at)
    replayed.set(at, known)
    return known
  }
  const replayAt = async (at: number) => {
    for await (const { frames } of replayDatabase({ ...common(), ats: [at], knownBy: undefined })) return frames
    throw new Error('no frames')
  }
  const read = async (at: number) => {
    const { series } = configOf()
    if (reader === undefined && series !== undefined) {
      reader = openBackend({ settings: series, readers: undefined, log: common().log, releasers }).reader
    }
    const frames = await replayedAt(at)
    const compared: unknown[] = []
    for (const frame of frames.books.values())
      for (const window of ['1m', '1h', '5d'] as const) {
        const metrics = DICTIONARY.filter(
          (metric) =>
            metric.readAt === undefined && (typeof metric.windows === 'string' || metric.windows.includes(window)),
        )
        const query = { ...frame.book, window, metrics, firstAt: at, lastAt: at, stepMs: 10_000 }
        const kept = await reader.read(query)
        metrics.forEach((metric, index) => {
          const result = frame.windows[window].results[DICTIONARY.indexOf(metric)]
          const decimals = decimalsOf(metric.unit, frame.moneyDecimals)
          const shown = result?.status === 'ok' ? roundForOutput(result.value, decimals) : null
          compared.push([frame.book.strategyId, window, metric.name, shown, kept[index]?.values[0] ?? null])
        })
      }
    return compared as [string, string, string, number | null, number | null][]
  }

  test('writes what a replay gives at the same instants', async () => {
    const { hours, rows } = await run()
    expect([hours, rows > 1_000]).toEqual([2, true])
    for (const at of INSTANTS) {
      const compared = await read(at)
      expect(compared.filter(([, , , shown]) => shown !== null && shown !== 0).length).toBeGreaterThan(100)
      expect(compared.filter(([, , , shown, kept]) => shown !== kept)).toEqual([])
    }
  }, 240_000)

  test('run again changes nothing, and does parts of hours anew', async () => {
    const [at = FROM] = INSTANTS
    const before = await read(at)
    const again = await run()
    expect(again).toMatchObject({ hours: 2, skippedHours: 0 })
    expect(await read(at)).toEqual(before)
  }, 240_000)

  test('that is interrupted in its second hour leaves there what stood there', async () => {
    const stop = new AbortController()
    const stages: string[] = []
    const onProgress = ({ stage, done }: Progress) => {
      stages.push(stage)
      if (stage.startsWith('series') && done === 1) stop.abort(new Error('enough'))
    }
    await expect(run({ signal: stop.signal, onProgress })).rejects.toThrow('enough')
    expect(stages.filter((stage) => stage.startsWith('series'))).toHaveLength(2)
    for (const at of INSTANTS) {
      const compared = await read(at)
      expect(compared.filter(([, , , shown]) => shown !== null && shown !== 0).length).toBeGreaterThan(100)
      expect(compared.filter(([, , , shown, kept]) => shown !== kept)).toEqual([])
    }
  }, 240_000)

  test('without a store of series it says what to set', async () => {
    const config = { ...configOf(), series: undefined }
    await expect(backfill({ ...common(), config, from: FROM, to: TO, again: false })).rejects.toThrow(
      'set QUANT_SERIES_CLICKHOUSE_URL, or QUANT_STORE_DSN',
    )
  })
})
