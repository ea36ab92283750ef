import type { TableName } from './schema.js'

/** What tells two versions of a watched table's row `t` apart, and when this one was written as far as the row says. */
export interface Watched {
  /** The projection of the rows that are read writes the same text. */
  readonly version: string
  readonly writtenAt: string
}

/** xmin changes with every write, also where no column tells of it. */
const OWN_VERSION = 't.xmin::text'

export const WATCHED: Record<TableName, Watched> = {
  strategies: { version: OWN_VERSION, writtenAt: 't.updated_at' },
  trade_decisions: { version: OWN_VERSION, writtenAt: 't.created_at' },
  // An order is read with its decision: another version of either is another order.
  executions: {
    version: `t.xmin::text || '/' || coalesce((SELECT d.xmin::text FROM trade_decisions d WHERE d.id = t.trade_decision_id), '')`,
    writtenAt: 't.updated_at',
  },
  position_snapshots: { version: OWN_VERSION, writtenAt: 't.created_at' },
  llm_decision_reviews: { version: OWN_VERSION, writtenAt: 't.created_at' },
  broker_account_activities: { version: OWN_VERSION, writtenAt: 't.created_at' },
  execution_order_events: { version: OWN_VERSION, writtenAt: 't.created_at' },
}
