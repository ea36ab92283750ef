import { createCalendars } from '../../src/domain/calendars.js'
import type { EpochMs } from '../../src/domain/time.js'
import type { Simulator } from '../../src/simulator/simulation.js'
import { createSimulator } from '../../src/simulator/simulator.js'

const DATABASE = 'torghut'

export interface Addresses {
  readonly dsn: string
  readonly clickhouse: { readonly url: string; readonly host: string; readonly port: number }
}

/** Fills databases with simulated history up to a moment; the simulator stays open for `advanceTo`. */
export async function fillTorghut(
  { dsn, clickhouse }: Addresses,
  startAt: EpochMs,
  sessions: number,
  seed = 1,
  { schemaDate, database = DATABASE }: { schemaDate?: string; database?: string } = {},
): Promise<Simulator> {
  const simulator = createSimulator({
    dsn,
    clickhouse: { url: clickhouse.url, database },
    schemaDate,
    calendars: createCalendars(),
    clock: { speed: 1, now: () => startAt },
    seed,
    sessions,
  })
  await simulator.loadHistory()
  return simulator
}

/** What `serve` needs to read those databases. */
export function environmentOf({ dsn, clickhouse }: Addresses, database = DATABASE): Record<string, string> {
  return { TORGHUT_DB_DSN: dsn, CH_HOST: clickhouse.host, CH_PORT: String(clickhouse.port), CH_DATABASE: database }
}
