import type { ClickHouseClient } from '@clickhouse/client'
import type { BookKey } from '../../domain/book.js'
import { causeCodeOf } from '../../domain/errors.js'
import { LEVEL, type SeriesSample } from '../../domain/series.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { Batch } from '../series/batch.js'
import { BACKFILL, FRAME, GAP } from '../series/marks.js'
import type { BookSamples } from '../series/sampler.js'
import { refusal, type SeriesSink } from '../series/sink.js'
import { isMissingTable, rowsOf, run } from './ask.js'
import { quoted, type SeriesTable, seriesDdl, TABLE } from './ddl.js'

const COLUMNS = 'strategy_id, account, metric, window, decimals, ts, value, status, formula_version'

/** What ClickHouse says of rows that it cannot read or hold; what may be the table's or the connection's fault is not here. */
const REFUSALS: Readonly<Record<string, string>> = {
  '6': 'CANNOT_PARSE_TEXT',
  '25': 'CANNOT_PARSE_ESCAPE_SEQUENCE',
  '26': 'CANNOT_PARSE_QUOTED_STRING',
  '27': 'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
  '38': 'CANNOT_PARSE_DATE',
  '41': 'CANNOT_PARSE_DATETIME',
  '69': 'ARGUMENT_OUT_OF_BOUND',
  '72': 'CANNOT_PARSE_NUMBER',
  '117': 'INCORRECT_DATA',
  '130': 'CANNOT_READ_ARRAY_FROM_TEXT',
  '131': 'TOO_LARGE_STRING_SIZE',
  '321': 'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE',
  '349': 'CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN',
  '469': 'VIOLATED_CONSTRAINT',
  '691': 'UNKNOWN_ELEMENT_OF_ENUM',
}

export interface ClickHouseSinkOptions {
  readonly client: ClickHouseClient
  readonly table: SeriesTable
  readonly timeoutMs: number
}

/** Writes series into ClickHouse; makes the table when it is not there. */
export class ClickHouseSink implements SeriesSink {
  readonly backend = 'clickhouse'
  readonly #options: ClickHouseSinkOptions
  #isReady = false

  constructor(options: ClickHouseSinkOptions) {
    this.#options = options
  }

  /**
   * The engine drops a batch whose token it has seen. Acknowledged means stored: no setting of the user's may turn that
   * into "will be stored".
   */
  async write({ token, lines }: Batch, signal: AbortSignal): Promise<void> {
    const { client, table, timeoutMs } = this.#options
    await this.#prepare(signal)
    const settings = [
      `insert_deduplication_token = '${token.replace(/[^\w-]/g, '')}'`,
      'async_insert = 0',
      ...(table.cluster === undefined ? [] : ['distributed_foreground_insert = 1']),
    ]
    const insert = `INSERT INTO ${nameOf(table)} (${COLUMNS}) SETTINGS ${settings.join(', ')} FORMAT JSONCompactEachRow`
    try {
      await run(client, `${insert}\n${lines.join('\n')}`, { timeoutMs, signal })
    } catch (error) {
      // Somebody has dropped it: the next attempt makes it again.
      if (isMissingTable(error)) this.#isReady = false
      const code = causeCodeOf(error)
      const why = REFUSALS[code]
      throw why === undefined ? error : refusal(`ClickHouse says ${why} (${code})`)
    }
  }

  async ping(signal: AbortSignal): Promise<void> {
    await this.#prepare(signal)
    const { client, timeoutMs } = this.#options
    await rowsOf(client, 'SELECT 1 AS one', {}, { timeoutMs, signal })
  }

  gapLine(book: BookKey, at: EpochMs): string {
    return lineOf(book, timeText(at), { ...MARK, metric: GAP })
  }

  /** Once: where the table is there nobody needs the right to make it. */
  async #prepare(signal: AbortSignal): Promise<void> {
    if (this.#isReady) return
    const { client, table, timeoutMs } = this.#options
    const limits = { timeoutMs, signal }
    if (!(await this.#exists(limits))) {
      for (const statement of seriesDdl(table)) await run(client, statement, limits)
    }
    this.#isReady = true
  }

  async #exists(limits: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<boolean> {
    const { client, table } = this.#options
    try {
      const [answer] = await rowsOf<{ result: number }>(client, `EXISTS TABLE ${nameOf(table)}`, {}, limits)
      return Number(answer?.result) === 1
    } catch (error) {
      // A database that is not there has no table.
      if (isMissingTable(error)) return false
      throw error
    }
  }
}

export function nameOf({ database }: SeriesTable): string {
  return `${quoted(database)}.${quoted(TABLE)}`
}

/** The rows of what was sampled, in the format JSONCompactEachRow. */
export function encodeRows({ strategyId, account, at, samples, isCovered }: BookSamples): string[] {
  const book = { strategyId, account }
  const ts = timeText(at)
  const lines = samples.map((sample) => lineOf(book, ts, sample))
  return isCovered ? [...lines, lineOf(book, ts, { ...MARK, metric: FRAME })] : lines
}

/** The row that says that a stretch, which begins at `at`, was recomputed with these formulas. */
export function markLine(at: EpochMs, formulaSet: string): string {
  return lineOf({ strategyId: '', account: '' }, timeText(at), {
    ...MARK,
    metric: BACKFILL,
    formulaVersion: formulaSet,
  })
}

const MARK = { window: LEVEL, decimals: 0, scaled: 1, status: 'ok', formulaVersion: '' } as const

function lineOf(
  { strategyId, account }: BookKey,
  ts: string,
  { metric, window, decimals, scaled, status, formulaVersion }: SeriesSample,
): string {
  const names = JSON.stringify([strategyId, account, metric, window]).slice(0, -1)
  return `${names},${decimals},"${ts}",${scaled},"${status}",${JSON.stringify(formulaVersion)}]`
}

/** As ClickHouse reads it in a column of UTC. */
function timeText(at: EpochMs): string {
  return toIso(at).replace('T', ' ').slice(0, -1)
}
