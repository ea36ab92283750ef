import { postgresErrors } from '../../connections/postgres-errors.js'

export const CA_SETTING = 'TORGHUT_DB_CA_CERT (or sslrootcert in TORGHUT_DB_DSN)'

/** Wraps what node-postgres threw into an error with a code and a remedy; the cause stays for operators. */
export const asPostgresError = postgresErrors({
  name: 'postgres',
  dsn: 'TORGHUT_DB_DSN',
  ca: CA_SETTING,
  missingTable: 'a table is missing: is this a Torghut database?',
  missingColumn: 'a column is missing: the schema is older than this version reads',
  notAllowed: 'the role may not read this table: grant SELECT on it',
  connections: 2,
})
