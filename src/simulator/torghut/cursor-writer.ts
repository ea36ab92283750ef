import type { Calendar, CalendarName } from '../../domain/calendar.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { IncidentLog } from '../incidents/incident-log.js'
import { type Density, lastSignal } from '../market/density.js'
import { TA_DELAY_MS } from '../market/market-sql.js'
import { uuidOf } from '../random.js'
import type { AccountProfile } from '../trading/accounts.js'
import type { PostgresWriter } from './postgres-writer.js'

/** Upstream's own mark of how far each account has read the signals. */
export interface CursorWriter {
  /** Writes the cursors that have moved by `at`. */
  moveTo(at: EpochMs): Promise<void>
}

export interface CursorWriterOptions {
  readonly writer: PostgresWriter
  readonly accounts: readonly AccountProfile[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly densities: Readonly<Record<CalendarName, Density>>
  readonly incidents: IncidentLog
  /** When the rows were made. */
  readonly madeAt: EpochMs
}

export function createCursorWriter(options: CursorWriterOptions): CursorWriter {
  const { writer, accounts, calendars, densities, incidents, madeAt } = options

  /** Where no signals are stored, the cursor stands at the last one. */
  function lastStored(at: EpochMs): EpochMs {
    const gaps = [...incidents.stretches('feed-pause'), ...incidents.stretches('signal-gap')]
    return gaps.reduce((last, { from, until }) => (at > from && at <= until ? Math.min(last, from) : last), at)
  }

  const written = new Map<AccountProfile, EpochMs>()
  return {
    async moveTo(at) {
      const moved = accounts.flatMap((account) => {
        const signalAt = lastStored(at - TA_DELAY_MS)
        const cursorAt = lastSignal(densities[account.calendar], calendars[account.calendar], signalAt)
        return written.get(account) === cursorAt ? [] : [{ account, cursorAt }]
      })
      const rows = moved.map(({ account, cursorAt }) => ({
        id: uuidOf(`cursor/${account.label}`),
        source: 'clickhouse',
        account_label: account.label,
        cursor_at: toIso(cursorAt),
        created_at: toIso(madeAt),
        updated_at: toIso(cursorAt + TA_DELAY_MS),
      }))
      await writer.write('trade_cursor', rows)
      for (const { account, cursorAt } of moved) written.set(account, cursorAt)
    },
  }
}
