import type { TorghutSchema } from './schema.js'

/** What upstream wrote into the account column of rows that are older than the column. */
const BACKFILLED_ACCOUNT = 'paper'

/**
 * SQL for the account of an order that stands under an alias, its decision being `d`: the account on the order goes first,
 * where the schema has it, except what upstream back-filled into it.
 */
export function orderAccountSql(schema: TorghutSchema, alias: string): string {
  const own = schema.column('executions', alias, 'alpaca_account_label')
  return `CASE WHEN ${own} IS NULL OR (${own} = '${BACKFILLED_ACCOUNT}' AND d.alpaca_account_label IS NOT NULL) THEN d.alpaca_account_label ELSE ${own} END`
}
