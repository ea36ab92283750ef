import type { Migration } from 'kysely'
import { up as latestHealthStrategiesAlerts } from './0001-latest-health-strategies-alerts.js'
import { up as series } from './0002-series.js'

/** Every migration, by the name under which the store remembers it; they run in the order of their names. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-latest-health-strategies-alerts': { up: latestHealthStrategiesAlerts },
  '0002-series': { up: series },
}
