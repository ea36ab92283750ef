import { setImmediate as immediate } from 'node:timers/promises'
import type pg from 'pg'
import type { Engine } from '../../compute/engine.js'
import type { Calendar, CalendarName } from '../../domain/calendar.js'
import type { HydrationStart } from '../../domain/checkpoint.js'
import { QuantError } from '../../domain/errors.js'
import { historyFrom } from '../../domain/history.js'
import type { Shard } from '../../domain/shards.js'
import { type EpochMs, MINUTE_MS, toIso } from '../../domain/time.js'
import type { TorghutSource } from '../../ingest/postgres/torghut-source.js'
import { describeError, type Logger } from '../../lib/logger.js'
import {
  type CheckpointRow,
  deleteCheckpointsBefore,
  readCheckpoints,
  writeCheckpoint,
} from '../../stores/postgres/checkpoints.js'
import type { StoreQuery } from '../../stores/postgres/writer-session.js'
import type { TickTurn } from '../tick-turn.js'
import { decodeCheckpoint, encodeCheckpoint, type KeptCheckpoint } from './checkpoint-state.js'

/** A store that does not answer by then is not waited for: all rows are read. */
const LONGEST_WAIT_MS = 5_000
/** What could not be written, or not be said at that moment, is tried again after this. */
const RETRY_MS = 10 * MINUTE_MS

export interface LedgerCheckpointsOptions {
  readonly engine: Engine
  readonly turn: TickTurn
  readonly torghut: TorghutSource
  readonly pool: pg.Pool
  readonly shard: Shard
  readonly madeBy: string
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly log: Logger
}

/**
 * Ledger checkpoints in the own store: what a start reads instead of orders that no window reaches, and what the shard's
 * writer leaves there of the shard's books for the next start of any shard, once a session.
 */
export class LedgerCheckpoints {
  readonly #options: LedgerCheckpointsOptions
  /** The close of which everything has been written, or was read. */
  #doneOf: EpochMs | undefined
  #tryFrom: EpochMs = Number.NEGATIVE_INFINITY

  constructor(options: LedgerCheckpointsOptions) {
    this.#options = options
  }

  /** What a start at T can begin with; undefined where there is nothing. Never rejects, and waits for some seconds at most. */
  async startAt(at: EpochMs): Promise<HydrationStart | undefined> {
    const { pool, madeBy, calendars, log } = this.#options
    try {
      const rows = await inTime(readCheckpoints(pool, madeBy, historyFrom(calendars, at)))
      const checkpoints: KeptCheckpoint[] = []
      for (const row of rows) {
        checkpoints.push(await decodeCheckpoint(row, row.state))
        await immediate()
      }
      const [first] = checkpoints
      if (first === undefined) return undefined
      return this.#startOf(checkpoints.filter(({ schemaKey }) => schemaKey === first.schemaKey))
    } catch (error) {
      // A store that has not been migrated holds none.
      if (error instanceof QuantError && error.code === 'schema_unsupported') return undefined
      log.warn('ledger checkpoints could not be read: every order is', { error: describeError(error) })
      return undefined
    }
  }

  #startOf(kept: readonly KeptCheckpoint[]): HydrationStart {
    const { engine, turn, log } = this.#options
    const checkpoints = kept.map(({ checkpoint }) => checkpoint)
    const spared = kept.flatMap((one) => one.spared)
    const told = {
      books: kept.length,
      orders: spared.length,
      close: toIso(Math.max(...checkpoints.map(({ at }) => at))),
    }
    let hasBegun = false
    const setDone = (close: EpochMs | undefined) => {
      this.#doneOf = close
    }
    return {
      spared,
      kept: kept.flatMap((one) => one.kept),
      schemaKey: kept[0]?.schemaKey ?? '',
      begin() {
        hasBegun = true
        engine.beginAt(checkpoints)
        setDone(Math.min(...checkpoints.map(({ at }) => at)))
        log.info('ledger checkpoints stand for orders', told)
      },
      isSound: () => engine.areCheckpointsSound,
      forget() {
        if (!hasBegun) return
        hasBegun = false
        turn.tell(() => engine.forgetCheckpoints())
        setDone(undefined)
        log.warn('ledger checkpoints do not hold any more: every order is read', told)
      },
      refuse: () => log.warn('ledger checkpoints do not hold: every order is read', told),
    }
  }

  /** Leaves what a start from now on can begin with, unless it is there. Rejects with what the store rejects with. */
  async write(now: EpochMs, write: (work: (query: StoreQuery) => Promise<void>) => Promise<void>): Promise<void> {
    const { engine, turn, shard, madeBy, calendars, log } = this.#options
    const close = historyFrom(calendars, now)
    if (this.#doneOf === close || now < this.#tryFrom) return
    this.#tryFrom = now + RETRY_MS
    let [books, orders] = [0, 0]
    for (const id of engine.bookIds()) {
      for (const _ of engine.prepareCheckpoint(id)) await immediate()
      const kept = await turn.between(() => this.#take(id, close))
      if (kept === 'not now') return
      if (kept === undefined) continue
      await immediate()
      const row = await rowOf(kept)
      await write((query) => writeCheckpoint(query, { shard: shard.index, madeBy, writtenAt: now }, row))
      books += 1
      orders += row.orders
      await immediate()
    }
    await write((query) => deleteCheckpointsBefore(query, shard, close))
    this.#doneOf = close
    if (books > 0) log.info('ledger checkpoints were written', { books, orders, close: toIso(close) })
  }

  /** The checkpoint of a book and the rows that it rests on, both as of this moment. */
  #take(id: string, close: EpochMs): KeptCheckpoint | 'not now' | undefined {
    const { engine, torghut } = this.#options
    const checkpoint = engine.takeCheckpoint(id, close)
    if (checkpoint === undefined) return undefined
    const spared = torghut.versionsOf(checkpoint.symbols.flatMap((symbol) => symbol.orders))
    const kept = torghut.versionsOf(checkpoint.kept)
    if (spared === undefined || kept === undefined) return 'not now'
    return { checkpoint, schemaKey: torghut.schemaKey, spared, kept }
  }
}

async function rowOf(kept: KeptCheckpoint): Promise<CheckpointRow> {
  const { strategyId, account, at } = kept.checkpoint
  return { strategyId, account, sessionClose: at, orders: kept.spared.length, state: await encodeCheckpoint(kept) }
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new QuantError('source_timeout', `the store did not answer within ${LONGEST_WAIT_MS} ms`)
    timer = setTimeout(() => reject(error), LONGEST_WAIT_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
