import type pg from 'pg'
import { DICTIONARY } from '../../compute/dictionary.js'
import type { Config } from '../../config/config.js'
import type { SeriesPlace, SeriesSettings } from '../../config/series.js'
import { agentFor, openClickHouse } from '../../connections/clickhouse-client.js'
import type { Calendar, CalendarName } from '../../domain/calendar.js'
import { QuantError } from '../../domain/errors.js'
import type { FrameSet } from '../../domain/frame.js'
import type { StageHealth } from '../../domain/ports.js'
import type { SeriesReader } from '../../domain/series.js'
import type { Clock, EpochMs } from '../../domain/time.js'
import type { StoreMetrics } from '../../exporter/store-metrics.js'
import { describeError, type Logger } from '../../lib/logger.js'
import type { Releasers } from '../../lib/releasers.js'
import { ClickHouseArchive } from '../../stores/clickhouse/series-archive.js'
import { ClickHouseReader } from '../../stores/clickhouse/series-reader.js'
import { ClickHouseSink, encodeRows } from '../../stores/clickhouse/series-sink.js'
import { openStorePool } from '../../stores/postgres/client.js'
import { PostgresArchive } from '../../stores/postgres/series-archive.js'
import { SeriesEncoder } from '../../stores/postgres/series-encoder.js'
import { layoutOf } from '../../stores/postgres/series-layout.js'
import { PostgresSeriesReader } from '../../stores/postgres/series-reader.js'
import { PostgresSink } from '../../stores/postgres/series-sink.js'
import type { SeriesArchive } from '../../stores/series/archive.js'
import { Sampler } from '../../stores/series/sampler.js'
import { SeriesFeed } from '../../stores/series/series-feed.js'
import { SeriesWriter } from '../../stores/series/series-writer.js'
import type { Encode, SeriesSink } from '../../stores/series/sink.js'
import { Spill } from '../../stores/series/spill.js'
import { wallNow } from '../clock.js'
import { StageStatus } from '../stage-status.js'

const STORE = 'series'
const CA_SETTING = 'QUANT_SERIES_CLICKHOUSE_CA_CERT'
/** How often a batch is written, in real time. */
const FLUSH_MS = 10_000
const MAX_BATCH_ROWS = 100_000
/** What a stop may take for writing what waits. */
const STOP_MS = 5_000

/** The store of series: written from the frames of ticks, read by /series. */
export interface Series {
  readonly reader: SeriesReader
  health(now: EpochMs): StageHealth
  /** Begins to write what is offered. */
  start(): void
  /** Takes the frames of a tick; returns at once. */
  offer(frames: FrameSet): void
}

export interface SeriesParts {
  readonly config: Pick<Config, 'isEnabled' | 'series' | 'maxStalenessMs'>
  readonly clock: Clock
  readonly log: Logger
  readonly random: () => number
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly metrics: StoreMetrics
  /** Of our own Postgres, where there is one. */
  readonly readers: pg.Pool | undefined
  /** False while another process writes. */
  readonly mayWrite: () => boolean
  readonly releasers: Releasers
}

/** What holds series: ClickHouse, else our own Postgres. */
export interface Backend {
  readonly sink: SeriesSink
  readonly archive: SeriesArchive
  readonly encode: Encode
  readonly reader: SeriesReader
}

export interface BackendParts {
  readonly settings: Pick<SeriesSettings, 'place' | 'isThinned' | 'samplingMs'>
  /** Sessions on the own Postgres for reading, where there are some; else it is read by the one that writes. */
  readonly readers: pg.Pool | undefined
  readonly log: Pick<Logger, 'warn'>
  readonly releasers: Releasers
}

/** Connects to nothing yet. */
export function openBackend({ settings, readers, log, releasers }: BackendParts): Backend {
  const { place, isThinned, samplingMs } = settings
  if (place.kind === 'clickhouse') return inClickHouse(place, { isThinned, samplingMs, releasers })
  const { store, keptDays } = place
  // Of its own: a long read must not hold up what is written, nor a batch those who read.
  const pool = openStorePool(
    store,
    (error) => log.warn('an idle connection was lost', { store: STORE, error: describeError(error) }),
    1,
  )
  releasers.push('series pool', () => pool.end())
  const layout = layoutOf(DICTIONARY)
  const encoder = new SeriesEncoder(layout)
  const sink = new PostgresSink({ pool, layout, encoder, keptDays, migrates: store.migrates })
  return {
    sink,
    archive: new PostgresArchive(pool, sink),
    encode: (samples) => encoder.encode(samples),
    reader: new PostgresSeriesReader(readers ?? pool),
  }
}

function inClickHouse(
  { connection, cluster }: SeriesPlace & { readonly kind: 'clickhouse' },
  {
    isThinned,
    samplingMs,
    releasers,
  }: Pick<SeriesSettings, 'isThinned' | 'samplingMs'> & Pick<BackendParts, 'releasers'>,
): Backend {
  // Statements name the database themselves: it may have to be made first.
  const client = openClickHouse({ ...connection, database: 'default' }, agentFor(connection, CA_SETTING))
  releasers.push('series client', () => client.close())
  const table = { database: connection.database, cluster, isThinned }
  const options = { client, table, timeoutMs: connection.timeoutMs }
  const sink = new ClickHouseSink(options)
  return {
    sink,
    archive: new ClickHouseArchive({ ...options, sink }),
    encode: encodeRows,
    reader: new ClickHouseReader({ ...options, samplingMs }),
  }
}

/** Opens the store of series; undefined where none is configured. Nothing is connected to before it is started. */
export function openSeries({
  config,
  clock,
  log,
  random,
  calendars,
  metrics,
  mayWrite,
  readers,
  releasers,
}: SeriesParts): Series | undefined {
  const { series } = config
  if (series === undefined || !config.isEnabled) return undefined
  const status = new StageStatus('materialize:series', FLUSH_MS * clock.speed)
  const maxStalenessMs = config.maxStalenessMs * clock.speed

  const backend = openBackend({ settings: series, readers, log, releasers })
  const { samplingMs, queue, spill } = series
  const sampler = new Sampler({ dictionary: DICTIONARY, calendars, samplingMs })
  const writer = new SeriesWriter({
    sink: backend.sink,
    flushMs: FLUSH_MS,
    ...queue,
    maxBatchRows: MAX_BATCH_ROWS,
    spill: spill && { files: new Spill(spill.folder, wallNow), maxBytes: spill.maxBytes },
    random,
    onWritten: (rowCount) => metrics.written(STORE, rowCount),
    onDropped: (reason, rowCount, refused) => {
      metrics.dropped(STORE, reason, rowCount)
      log.warn('rows of series were dropped', { reason, rows: rowCount, error: refused?.message })
      sampler.forget()
    },
    onUnreadable: (names) => {
      metrics.unreadable(STORE, names.length)
      log.warn('files of waiting series are not whole or cannot be read', { files: names.join(', ') })
      sampler.forget()
    },
    onSuccess: () => {
      metrics.up(STORE, true)
      tellQueue()
      if (status.succeeded(clock.now())) log.info('store up', { store: STORE })
    },
    onError: (error) => {
      metrics.up(STORE, false)
      tellQueue()
      const code = error instanceof QuantError ? error.code : 'internal_error'
      if (status.failed(clock.now(), code)) log.error('store down', { store: STORE, code, error: describeError(error) })
    },
    onSpillError: (error) => log.warn('series could not be put on disk', { error: describeError(error) }),
  })
  const tellQueue = () => metrics.queued(STORE, writer.queueRows, writer.spilledBytes)
  metrics.expect(STORE)
  metrics.expectQueue(STORE)
  const feed = new SeriesFeed({
    ...{ sampler, writer, encode: backend.encode },
    mayWrite,
    onError: (error) => log.error('series could not be sampled', { error: describeError(error) }),
  })
  releasers.push('series', async () => {
    await feed.settled()
    await writer.stop(STOP_MS)
  })
  return {
    reader: backend.reader,
    health: (now) => status.health(now, maxStalenessMs, null),
    start: () => writer.start(),
    offer: (frames) => {
      feed.offer(frames)
      tellQueue()
    },
  }
}
