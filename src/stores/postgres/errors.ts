import { postgresErrors } from '../../connections/postgres-errors.js'

export const CA_SETTING = 'QUANT_STORE_CA_CERT (or sslrootcert in QUANT_STORE_DSN)'

/** Wraps what node-postgres threw of the own store into an error with a code and a remedy. */
export const asStoreError = postgresErrors({
  name: 'store',
  dsn: 'QUANT_STORE_DSN',
  ca: CA_SETTING,
  missingTable: 'a table is missing: run quant-exporter migrate',
  missingColumn: 'a column is missing: run quant-exporter migrate',
  notAllowed: 'the role may not do this: grant it what deploy/sql/quant-store.sql gives',
  connections: 4,
})
