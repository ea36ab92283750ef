import { clickHouseAsk } from '../../connections/clickhouse-ask.js'

/** Statements to the market's ClickHouse; errors name its settings. */
export const { ask, errors } = clickHouseAsk({
  name: 'clickhouse',
  place: 'check CH_HOST, CH_PORT and CH_SECURE',
  remedies: {
    '516': ['source_authentication_failed', 'check CH_USER and CH_PASSWORD'],
    '497': ['source_authentication_failed', 'the user may not read this table: grant SELECT on it'],
    '60': ['schema_unsupported', 'a table is missing: check CH_DATABASE'],
    '81': ['schema_unsupported', 'the database is missing: check CH_DATABASE'],
    '47': ['schema_unsupported', 'a column is missing: the schema is older than this version reads'],
    '159': ['source_timeout', 'a statement took too long'],
    '241': ['source_query_failed', 'the server ran out of memory for a statement'],
  },
  tls: {
    caSetting: 'CH_CA_CERT',
    hostRemedy: 'set CH_HOST to a name that it holds',
    protocolRemedy: 'is CH_PORT the port of its HTTPS interface (8443), and must CH_SECURE be true?',
  },
})
