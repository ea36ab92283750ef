import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseConnection } from '../domain/connections.js'
import { VerifyingAgent } from './verifying-agent.js'

/** The agent for a connection's TLS; undefined where there is none. */
export function agentFor({ ca }: ClickHouseConnection, caSetting = 'CH_CA_CERT'): VerifyingAgent | undefined {
  return ca === undefined ? undefined : new VerifyingAgent(ca, caSetting)
}

/** A client that sends no settings with a query, so that a user with readonly=1 suffices. */
export function openClickHouse(
  connection: ClickHouseConnection,
  agent: VerifyingAgent | undefined = agentFor(connection),
): ClickHouseClient {
  const { url, database, user, password, timeoutMs } = connection
  return createClient({
    url,
    database,
    username: user,
    ...(password === undefined ? {} : { password }),
    ...(agent === undefined ? {} : { http_agent: agent }),
    request_timeout: timeoutMs,
    application: 'quant-exporter',
    // What goes wrong is thrown and logged once, by whoever asked.
    log: { level: ClickHouseLogLevel.OFF },
  })
}
