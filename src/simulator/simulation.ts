import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { SimulatedIncident } from '../domain/incident.js'
import type { Progress } from '../domain/ports.js'
import { type Clock, DAY_MS, type EpochMs, MINUTE_MS } from '../domain/time.js'
import { drawdownDepths } from './incidents/drawdown.js'
import { createIncidentLog } from './incidents/incident-log.js'
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
import { type Cast, DEMO_CAST } from './trading/cast.js'
import { createDesk } from './trading/desk.js'

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
  /** Who trades what; the demo's where it is not given. */
  readonly cast?: Cast | undefined
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
  /**
   * From an instant on, but not before what has happened already nor before the end of the back-history, things go wrong
   * until `until` (Infinity: until stopped). One that is on gets a new end. Which rows result depends on the seed and on
   * these instants, not on when rows are written.
   */
  startIncident(incident: SimulatedIncident, at: EpochMs, until: EpochMs): void
  /** Ends an incident with that instant; one that is off stays off. */
  stopIncident(incident: SimulatedIncident, at: EpochMs): void
  /** Ends the running call after its statement and closes the connections. May be called again. */
  stop(): Promise<void>
}

const DEFAULT_SESSIONS = 25
/** Time is advanced by a day of so many accounts at once at most, so that neither a long history nor many books block the process. */
const ACCOUNTS_A_DAY = 20
const SNAPSHOTS_A_STEP = 400

/** The simulation on open stores, which it closes in `stop`. */
export function createSimulation(
  { postgres, clickhouse, database }: SimulationStores,
  options: SimulationOptions,
): Simulator {
  const { calendars, seed, onProgress, cast = DEMO_CAST } = options
  const startAt = Math.floor(options.clock.now() / MINUTE_MS) * MINUTE_MS
  const firstAt = calendars.XNYS.sessionBefore(startAt, options.sessions ?? DEFAULT_SESSIONS).opensAt
  const densities = { XNYS: createDensity(calendars.XNYS, startAt), '24x7': createDensity(calendars['24x7'], startAt) }
  const market = createMarket(calendars, seed, firstAt, cast.instruments)
  const incidents = createIncidentLog()
  const desk = createDesk({ market, calendars, densities, seed, firstAt, incidents, cast })
  const pending = createPendingRows(seed)
  const { schemaDate } = options
  const schema = schemaDate === undefined ? TORGHUT_TODAY : torghutSchemaOf(schemaDate)
  const writer = createPostgresWriter(postgres, schema)
  const cursors = createCursorWriter({
    ...{ writer, accounts: cast.accounts, calendars, densities, incidents },
    madeAt: firstAt,
  })
  const longestStepMs = DAY_MS / Math.ceil(cast.accounts.length / ACCOUNTS_A_DAY)
  let stopped = false
  const ta = createTaWriter({
    ...{ store: clickhouse, database, market, densities, firstAt, incidents },
    stopped: () => stopped,
  })
  let tradedUntil = firstAt
  /** True while rows are missing because they could not be written when they were due. */
  let isLate = false
  /** What begins with the live time, once the desk has come there. */
  const atStart: (() => void)[] = []
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
      tradedUntil = Math.min(to, Math.ceil(tradedUntil + longestStepMs))
      // The desk trades the next day while the server stores the last.
      pending.add(desk.advanceTo(tradedUntil))
      if (tradedUntil >= startAt) for (const begin of atStart.splice(0)) begin()
      await storing
      storing = store(pending.dueOrders(tradedUntil, isLate))
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
    try {
      await trade(to)
      await snapshot()
      await cursors.moveTo(to)
      isLate = false
    } catch (error) {
      isLate = true
      throw error
    }
  }

  const onRows: TaProgress = (table, done, total) => onProgress?.({ stage: table, done, total })

  /** Two servers, two cores: both at once; signals, the largest part and the least asked for, come last. */
  async function writeHistory(to: EpochMs): Promise<void> {
    await allOf([writePostgres(to), ta.writeUntil('bars', to, onRows)])
    if (!stopped) await options.onTradesAndBars?.()
    await ta.writeUntil('signals', to, onRows)
  }

  /** One server that is down does not keep the other from its rows. */
  async function writeLive(to: EpochMs): Promise<void> {
    const writeTa = async () => {
      await ta.writeUntil('bars', to, onRows)
      await ta.writeUntil('signals', to, onRows)
    }
    await allOf([writePostgres(to), writeTa()])
  }

  /** All that happens up to an instant happens first, so that an order on the way does not know what comes. */
  function change(at: EpochMs, apply: (from: EpochMs) => void): void {
    if (tradedUntil < startAt) {
      atStart.push(() => change(at, apply))
      return
    }
    tradedUntil = Math.max(tradedUntil, at)
    pending.add(desk.advanceTo(tradedUntil))
    apply(tradedUntil)
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
          cast.strategies.map((strategy) => strategyRow(strategy, firstAt - DAY_MS)),
        )
        await ta.prepare()
        await writeHistory(startAt)
      }),
    advanceTo: (at) => inTurn(() => writeLive(Math.max(at, tradedUntil))),
    startIncident: (incident, at, until) =>
      change(at, (from) => {
        if (incident !== 'drawdown') {
          incidents.start(incident, from, until)
          return
        }
        const isOn = incidents.stretches('drawdown').some((stretch) => stretch.until > from)
        if (isOn) market.turnShocks(from, until)
        else market.shock(drawdownDepths(desk.ledgers(), market, from), from, until)
        incidents.start('drawdown', from, until)
      }),
    stopIncident: (incident, at) =>
      change(at, (from) => {
        incidents.stop(incident, from)
        if (incident === 'drawdown') market.turnShocks(from, from)
      }),
    stop() {
      stopped = true
      closing ??= queue.then(async () => void (await Promise.all([postgres.close(), clickhouse.close()])))
      return closing
    },
  }
}

/** Waits for all, then rejects as the first that did. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === 'rejected') throw result.reason
}

function daysBetween(from: EpochMs, to: EpochMs): number {
  return Math.ceil((to - from) / DAY_MS)
}
