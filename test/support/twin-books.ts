import pg from 'pg'

const TWIN = "md5(%::text || 'twin')::uuid"
const twin = (column: string) => TWIN.replace('%', column)

/** What differs in the copy of a row, by table; parents before their children. */
const DIFFERENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  strategies: { id: twin('id'), name: "name || ' twin'" },
  trade_decisions: {
    ...{ id: twin('id'), strategy_id: twin('strategy_id') },
    alpaca_account_label: "alpaca_account_label || '-twin'",
  },
  executions: {
    ...{ id: twin('id'), trade_decision_id: twin('trade_decision_id') },
    ...{ alpaca_order_id: "alpaca_order_id || '-twin'", client_order_id: "client_order_id || '-twin'" },
    alpaca_account_label: "alpaca_account_label || '-twin'",
  },
  llm_decision_reviews: { id: twin('id'), trade_decision_id: twin('trade_decision_id') },
  position_snapshots: { id: twin('id'), alpaca_account_label: "alpaca_account_label || '-twin'" },
}

/** Gives every strategy of a simulated Torghut a twin in accounts of its own that did the same: twice as many books. */
export async function addTwinBooks(dsn: string): Promise<void> {
  const client = new pg.Client({ connectionString: dsn })
  await client.connect()
  try {
    for (const [table, different] of Object.entries(DIFFERENT)) {
      const pairs = Object.entries(different).map(([column, expression]) => `'${column}', ${expression}`)
      await client.query(
        `INSERT INTO ${table} SELECT (jsonb_populate_record(original, jsonb_build_object(${pairs.join(', ')}))).* FROM ${table} original`,
      )
    }
  } finally {
    await client.end()
  }
}
