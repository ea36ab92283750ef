import { createCalendars } from '../../../src/domain/calendars.js'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { createMarket, type Market } from '../../../src/simulator/market/market.js'
import { createSimulation, type SimulationOptions, type Simulator } from '../../../src/simulator/simulation.js'

export type RecordedRow = Record<string, unknown> & { readonly id: string }

/** Friday, 13:00 in New York: in the middle of a session. */
export const START = Date.parse('2026-11-20T18:00:00Z')

export interface RecordedSimulation {
  readonly simulator: Simulator
  /** The market of its seed and history, without what incidents do to it. */
  readonly market: Market
  /** The rows of a table as they are now, by id, in the order in which they were made. */
  rows(table: string): RecordedRow[]
  /** Every version that was written of a table's rows. */
  versions(table: string): readonly RecordedRow[]
  /** Statements sent to ClickHouse, with their parameters. */
  readonly clickhouse: { readonly sql: string; readonly parameters: Readonly<Record<string, unknown>> }[]
  /** The next statement that writes this table fails once. */
  failOnce(table: string): void
  /** How many statements Postgres has got. */
  postgresStatements(): number
  readonly closed: string[]
}

/** A simulation on doubles of both stores, which keep what is written to them. */
export function recordSimulation(options: Partial<SimulationOptions> = {}): RecordedSimulation {
  const versions = new Map<string, RecordedRow[]>()
  const clickhouse: RecordedSimulation['clickhouse'] = []
  const closed: string[] = []
  let failing: string | undefined
  let postgresStatements = 0
  const all = { calendars: createCalendars(), clock: { now: () => START, speed: 1 }, seed: 1, sessions: 3, ...options }
  const simulator = createSimulation(
    {
      postgres: {
        async query(sql, parameters = []) {
          postgresStatements += 1
          const table = /^INSERT INTO (\w+)/.exec(sql)?.[1]
          if (table === undefined) return []
          if (table === failing) {
            failing = undefined
            throw new Error('connection lost')
          }
          const written = versions.get(table) ?? []
          for (const row of JSON.parse(String(parameters[0])) as RecordedRow[]) written.push(row)
          versions.set(table, written)
          return []
        },
        async close() {
          closed.push('postgres')
        },
      },
      clickhouse: {
        async command(sql, parameters) {
          clickhouse.push({ sql, parameters })
        },
        query: async () => [],
        insert: async () => {},
        async close() {
          closed.push('clickhouse')
        },
      },
      database: 'torghut',
    },
    all,
  )
  return {
    simulator,
    market: createMarket(
      all.calendars,
      all.seed,
      all.calendars.XNYS.sessionBefore(all.clock.now(), all.sessions).opensAt,
    ),
    rows: (table) => [...new Map((versions.get(table) ?? []).map((row) => [row.id, row])).values()],
    versions: (table) => versions.get(table) ?? [],
    clickhouse,
    failOnce(table) {
      failing = table
    },
    postgresStatements: () => postgresStatements,
    closed,
  }
}

/** The history, then live in steps of a second, of a minute and of an hour, until long after the close. */
export async function recordDay(options: Partial<SimulationOptions> = {}): Promise<RecordedSimulation> {
  const recording = recordSimulation(options)
  const { loadHistory, advanceTo } = recording.simulator
  await loadHistory()
  for (let at = START + SECOND_MS; at <= START + MINUTE_MS; at += SECOND_MS) await advanceTo(at)
  for (let at = START + 2 * MINUTE_MS; at <= START + HOUR_MS; at += MINUTE_MS) await advanceTo(at)
  for (let at = START + 2 * HOUR_MS; at <= START + 6 * HOUR_MS; at += HOUR_MS) await advanceTo(at)
  return recording
}
