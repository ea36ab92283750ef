import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { Progress } from '../domain/ports.js'
import { type Clock, DAY_MS, type EpochMs, MINUTE_MS } from '../domain/time.js'
import { createDensity } from './market/density.js'
import { createMarket } from './market/market.js'
import { createCursorWriter } from './torghut/cursor-writer.js'
import { installClickHouse, installPostgres } from './torghut/install.js'
import { assertMayWrite } from './torghut/ownership.js'
import { createPendingRows, type DueRows } from './torghut/pending-rows.js'
import { TORGHUT_TODAY } from './torghut/postgres-schema.js'
import { createPostgresWriter, type PostgresStore } from './torghut/postgres-writer.js'
import { EARLY_DATE, torghutSchemaOf } from './torghut/schema-history.js'
import { strategyRow } from './torghut/strategy-row.js'
import { type ClickHouseStore, createTaWriter, type TaProgress } from './torghut/ta-writer.js'
import { createDesk } from './trading/desk.js'
import { STRATEGIES } from './trading/strategies.js'

export interface SimulationOptions {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** Read once, for the moment at which the back-history ends (floored to the minute). */
  readonly clock: Clock
  /** A whole number; equal seeds and starts give equal rows. */
  readonly seed: number
  /** Complete sessions of back-history before the running one; 25 covers the longest window. */
  readonly sessions?: number
  /** Make the tables as they were at the beginning of this day (`2026-02-12`); today's when it is not given. */
  readonly schemaDate?: string | undefined
  readonly onProgress?: (progress: Progress) => void
  /** Orders, snapshots and bars of the history are there; its signals are written once this resolves. */
  readonly onTradesAndBars?: () => Promise<void>
}

export interface SimulationStores {
  readonly postgres: PostgresStore
  readonly clickhouse: ClickHouseStore
  readonly database: string
}

/** Writes what a trading system at work would write. Calls are queued: one at a time, in the order they were made. */
export interface Simulator {
  /** The simulated instant at which the back-history ends. */
  readonly startAt: EpochMs
  /**
   * Makes the schema and writes the back-history up to `startAt`. Call it once, before `advanceTo`.
   *
   * Rejects with QuantError `refused` where rows of somebody else are, and with `source_query_failed` when a statement
   * fails. Resolves early when stopped meanwhile.
   */
  loadHistory(): Promise<void>
  /**
   * Writes what happened up to an instant; an earlier one than before is no step. After a rejection
   * (`source_query_failed`) the next call writes what is still missing.
   */
  advanceTo(at: EpochMs): Promise<void>
  /** Ends the running call after its statement and closes the connections. May be called again. */
  stop(): Promise<void>
}

const DEFAULT_SESSIONS = 25
/** Time is advanced by at most this much at once, so that a long history or a long pause does not block the process. */
const LONGEST_STEP_MS = DAY_MS
const SNAPSHOTS_A_STEP = 400

/** The simulation on open stores, which it closes in `stop`. */
export function createSimulation(
  { postgres, clickhouse, database }: SimulationStores,
  options: SimulationOptions,
): Simulator {
  const { calendars, seed, onProgress } = options
  const startAt = Math.floor(options.clock.now() / MINUTE_MS) * MINUTE_MS
  const firstAt = calendars.XNYS.sessionBefore(startAt, options.sessions ?? DEFAULT_SESSIONS).opensAt
  const densities = { XNYS: createDensity(calendars.XNYS, startAt), '24x7': createDensity(calendars['24x7'], startAt) }
  const market = createMarket(calendars, seed, firstAt)
  const desk = createDesk({ market, calendars, densities, seed, firstAt })
  const pending = createPendingRows(seed)
  const { schemaDate } = options
  const schema = schemaDate === undefined ? TORGHUT_TODAY : torghutSchemaOf(schemaDate)
  const writer = createPostgresWriter(postgres, schema)
  const cursors = createCursorWriter({ writer, calendars, densities, madeAt: firstAt })
  let stopped = false
  const ta = createTaWriter({ store: clickhouse, database, market, densities, firstAt, stopped: () => stopped })
  let tradedUntil = firstAt
  let queue: Promise<void> = Promise.resolve()
  let closing: Promise<void> | undefined

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = queue.then(() => (stopped ? undefined : work()))
    queue = done.catch(() => undefined)
    return done
  }

  async function store({ rows, confirm }: DueRows): Promise<void> {
    for (const [table, tableRows] of rows) await writer.write(table, tableRows)
    confirm()
  }

  /** Decisions and orders up to an instant; snapshots wait. */
  async function trade(to: EpochMs): Promise<void> {
    const from = tradedUntil
    let storing = Promise.resolve()
    while (tradedUntil < to && !stopped) {
      tradedUntil = Math.min(to, tradedUntil + LONGEST_STEP_MS)
      // The desk trades the next day while the server stores the last.
      pending.add(desk.advanceTo(tradedUntil))
      await storing
      storing = store(pending.dueOrders(tradedUntil))
      onProgress?.({ stage: 'orders', done: daysBetween(from, tradedUntil), total: daysBetween(from, to) })
    }
    await storing
  }

  async function snapshot(): Promise<void> {
    const total = pending.snapshotsWaiting()
    for (let left = total; left > 0 && !stopped; left = pending.snapshotsWaiting()) {
      await store(pending.dueSnapshots(SNAPSHOTS_A_STEP))
      onProgress?.({ stage: 'snapshots', done: total - pending.snapshotsWaiting(), total })
    }
  }

  async function writePostgres(to: EpochMs): Promise<void> {
    await trade(to)
    await snapshot()
    await cursors.moveTo(to)
  }

  /** Two servers, two cores: both at once; signals, the largest part and the least asked for, come last. */
  async function write(to: EpochMs, beforeSignals: () => Promise<void> = async () => undefined): Promise<void> {
    const onRows: TaProgress = (table, done, total) => onProgress?.({ stage: table, done, total })
    const results = await Promise.allSettled([writePostgres(to), ta.writeUntil('bars', to, onRows)])
    for (const result of results) if (result.status === 'rejected') throw result.reason
    if (!stopped) await beforeSignals()
    await ta.writeUntil('signals', to, onRows)
  }

  return {
    startAt,
    loadHistory: () =>
      inTurn(async () => {
        await assertMayWrite(postgres, clickhouse, database)
        await installPostgres(postgres, schema)
        await installClickHouse(clickhouse, database, { isEarly: schemaDate !== undefined && schemaDate <= EARLY_DATE })
        await writer.write(
          'strategies',
          STRATEGIES.map((strategy) => strategyRow(strategy, firstAt - DAY_MS)),
        )
        await ta.prepare()
        await write(startAt, options.onTradesAndBars)
      }),
    advanceTo: (at) => inTurn(() => write(Math.max(at, tradedUntil))),
    stop() {
      stopped = true
      closing ??= queue.then(async () => void (await Promise.all([postgres.close(), clickhouse.close()])))
      return closing
    },
  }
}

function daysBetween(from: EpochMs, to: EpochMs): number {
  return Math.ceil((to - from) / DAY_MS)
}
