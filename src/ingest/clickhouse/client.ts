import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseConnection } from '../../domain/connections.js'

/** A client that sends no settings with a query, so that a user with readonly=1 suffices. */
export function openClickHouse({ url, database, user, password, timeoutMs }: ClickHouseConnection): ClickHouseClient {
  return createClient({
    url,
    database,
    username: user,
    ...(password === undefined ? {} : { password }),
    request_timeout: timeoutMs,
    application: 'quant-exporter',
    // What goes wrong is thrown and logged once, by whoever asked.
    log: { level: ClickHouseLogLevel.OFF },
  })
}
