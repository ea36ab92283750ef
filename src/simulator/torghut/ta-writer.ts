import { CALENDAR_NAMES, type CalendarName } from '../../domain/calendar.js'
import type { SimulatedIncident } from '../../domain/incident.js'
import { type EpochMs, HOUR_MS } from '../../domain/time.js'
import { type IncidentLog, outside } from '../incidents/incident-log.js'
import { DENSE_BAR_STEP_MS, DENSE_SIGNAL_STEP_MS, type Density, HISTORY_STEP_MS } from '../market/density.js'
import type { Market } from '../market/market.js'
import { INSERT_BARS, INSERT_SIGNALS, symbolRow, TA_DELAY_MS } from '../market/market-sql.js'
import { batchSegments, rowsOf, type Segment, segmentParameters, segmentsBetween } from '../market/segments.js'
import { shockParameters } from '../market/shocks.js'
import { SYNTHETIC_MARKER_TABLE } from './clickhouse-schema.js'

/** What the simulator needs of a ClickHouse connection; a statement that fails rejects. */
export interface ClickHouseStore {
  command(sql: string, parameters: Readonly<Record<string, unknown>>): Promise<void>
  query(sql: string, parameters: Readonly<Record<string, unknown>>): Promise<readonly Record<string, unknown>[]>
  insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void>
  close(): Promise<void>
}

export type TaTable = 'bars' | 'signals'

/** Told after each statement: rows written so far of those to write. */
export type TaProgress = (table: TaTable, done: number, total: number) => void

/**
 * Writes bars and signals, each instant once. What an incident keeps from being written is never written: upstream's
 * stream processor goes on from the newest event when it comes back.
 */
export interface TaWriter {
  /** Sends the constants of the prices, which the statements join. */
  prepare(): Promise<void>
  /** All rows of a table that are stored by `at`; after a failure the next call begins where the last complete one ended. */
  writeUntil(table: TaTable, at: EpochMs, onProgress?: TaProgress): Promise<void>
}

export interface TaWriterOptions {
  readonly store: ClickHouseStore
  readonly database: string
  readonly market: Market
  readonly densities: Readonly<Record<CalendarName, Density>>
  readonly firstAt: EpochMs
  readonly incidents: IncidentLog
  /** Asked between two statements: true ends the work early. */
  readonly stopped: () => boolean
}

/** A statement of this many rows takes about 50 ms on an embedded engine. */
const MAX_STATEMENT_ROWS = 20_000

/** A pause longer than this (the machine slept) is filled up as the back-history is: a row a minute. */
const LONGEST_DENSE_CATCH_UP_MS = HOUR_MS

const TABLES = {
  bars: { statement: INSERT_BARS, denseStepMs: DENSE_BAR_STEP_MS, missingIn: ['feed-pause'] },
  signals: { statement: INSERT_SIGNALS, denseStepMs: DENSE_SIGNAL_STEP_MS, missingIn: ['feed-pause', 'signal-gap'] },
} as const satisfies Record<TaTable, { missingIn: readonly SimulatedIncident[]; [key: string]: unknown }>

export function createTaWriter(options: TaWriterOptions): TaWriter {
  const { store, database, market, densities, firstAt, incidents, stopped } = options
  const writtenUntil = { bars: firstAt, signals: firstAt }

  /** What is due of a table, (from, until] less what incidents keep out of it. */
  function segmentsFor(table: TaTable, from: EpochMs, until: EpochMs): Segment[] {
    const { denseStepMs, missingIn } = TABLES[table]
    const gaps = missingIn.flatMap((name) => incidents.stretches(name)).sort((a, b) => a.from - b.from)
    return CALENDAR_NAMES.flatMap((calendar) => {
      const { denseFrom } = densities[calendar]
      const denseAfter = from === firstAt ? denseFrom : Math.max(denseFrom, until - LONGEST_DENSE_CATCH_UP_MS)
      return outside(from, until, gaps).flatMap((part) => [
        ...segmentsBetween(market, calendar, part.from, Math.min(denseAfter, part.until), HISTORY_STEP_MS),
        ...segmentsBetween(market, calendar, Math.max(part.from, denseAfter), part.until, denseStepMs),
      ])
    })
  }

  return {
    async prepare() {
      await store.insert(SYNTHETIC_MARKER_TABLE, market.curves.map(symbolRow))
    },
    async writeUntil(table, at, onProgress) {
      const until = at - TA_DELAY_MS
      const segments = segmentsFor(table, writtenUntil[table], until)
      const total = rowsOf(market, segments)
      let done = 0
      for (const batch of batchSegments(market, segments, MAX_STATEMENT_ROWS)) {
        if (stopped()) return
        await store.command(TABLES[table].statement, {
          ...segmentParameters(batch),
          ...shockParameters(market.shocks()),
          database,
        })
        done += rowsOf(market, batch)
        onProgress?.(table, done, total)
      }
      writtenUntil[table] = Math.max(writtenUntil[table], until)
    },
  }
}
