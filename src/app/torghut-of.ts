import type { Config } from '../config/config.js'
import type { PostgresConnection } from '../domain/connections.js'
import { QuantError } from '../domain/errors.js'

/** Where the trading database is; rejects a configuration that does not say. */
export function torghutOf({ torghut }: Config): PostgresConnection {
  if (torghut !== undefined) return torghut
  throw new QuantError(
    'configuration_invalid',
    'set TORGHUT_DB_DSN to the trading database, or try quant-exporter demo',
  )
}
