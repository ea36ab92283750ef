import { randomUUID } from 'node:crypto'
import type { ClickHouseClient } from '@clickhouse/client'
import type { EpochMs } from '../../domain/time.js'
import type { SeriesArchive, Stretch } from '../series/archive.js'
import { BACKFILL } from '../series/marks.js'
import { rowsOf, run } from './ask.js'
import { quoted, type SeriesTable, TABLE } from './ddl.js'
import { type ClickHouseSink, markLine, nameOf } from './series-sink.js'

export interface ClickHouseArchiveOptions {
  readonly client: ClickHouseClient
  readonly table: SeriesTable
  readonly timeoutMs: number
  readonly sink: ClickHouseSink
}

/** Series in ClickHouse, to be written anew. */
export class ClickHouseArchive implements SeriesArchive {
  readonly #options: ClickHouseArchiveOptions

  constructor(options: ClickHouseArchiveOptions) {
    this.#options = options
  }

  /** Waits until every replica has done it: what is written next must not be cleared. */
  async clear({ from, to }: Stretch): Promise<void> {
    const { client, table, timeoutMs, sink } = this.#options
    await sink.ping(AbortSignal.timeout(timeoutMs))
    const { database, cluster } = table
    const local =
      cluster === undefined
        ? nameOf(table)
        : `${quoted(database)}.${quoted(`${TABLE}_local`)} ON CLUSTER ${quoted(cluster)}`
    const range = `ts >= fromUnixTimestamp64Milli(${from}) AND ts < fromUnixTimestamp64Milli(${to})`
    await run(client, `DELETE FROM ${local} WHERE ${range} SETTINGS lightweight_deletes_sync = 2`, { timeoutMs })
  }

  /** A token of its own each time: the same rows, once cleared, have to be taken again. */
  async write(lines: readonly string[]): Promise<void> {
    const { sink, timeoutMs } = this.#options
    if (lines.length === 0) return
    await sink.write({ token: randomUUID(), lines }, AbortSignal.timeout(timeoutMs))
  }

  async mark(at: EpochMs, formulaSet: string): Promise<void> {
    await this.write([markLine(at, formulaSet)])
  }

  async marked({ from, to }: Stretch, formulaSet: string): Promise<ReadonlySet<EpochMs>> {
    const { client, table, timeoutMs, sink } = this.#options
    await sink.ping(AbortSignal.timeout(timeoutMs))
    const rows = await rowsOf<{ at: string | number }>(
      client,
      `SELECT DISTINCT toUnixTimestamp64Milli(ts) AS at FROM ${nameOf(table)}
       WHERE strategy_id = '' AND account = '' AND metric = '${BACKFILL}' AND formula_version = {formulaSet:String}
         AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})`,
      { formulaSet, from, to },
      { timeoutMs },
    )
    return new Set(rows.map(({ at }) => Number(at)))
  }
}
