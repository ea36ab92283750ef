import type { Migration } from 'kysely'
import { up as latestHealthStrategiesAlerts } from './0001-latest-health-strategies-alerts.js'
import { up as series } from './0002-series.js'
import { up as seriesByTime } from './0003-series-by-time.js'
import { up as ledgerCheckpoints } from './0004-ledger-checkpoints.js'

/** A step of the schema. It can be run again, and then makes what is missing of its own. */
export interface StoreMigration extends Migration {
  /** The tables and indexes that are there after it: where one is missing, somebody has dropped it. */
  readonly makes: readonly string[]
}

/** Every migration, by the name under which the store remembers it; they run in the order of their names. */
export const MIGRATIONS: Readonly<Record<string, StoreMigration>> = {
  '0001-latest-health-strategies-alerts': {
    up: latestHealthStrategiesAlerts,
    makes: ['quant_metrics_latest', 'quant_pipeline_health', 'quant_strategies', 'quant_alerts'],
  },
  '0002-series': { up: series, makes: ['quant_series_layouts', 'quant_metrics_series'] },
  '0003-series-by-time': { up: seriesByTime, makes: ['quant_metrics_series_by_time'] },
  '0004-ledger-checkpoints': { up: ledgerCheckpoints, makes: ['quant_ledger_checkpoints'] },
}
