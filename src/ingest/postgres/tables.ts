import { activitiesTable } from './cash-flows.js'
import { decisionsTable } from './decisions.js'
import { executionsTable } from './executions.js'
import type { TorghutSchema } from './schema.js'
import { snapshots } from './snapshots.js'
import { strategies } from './strategies.js'
import type { Table } from './table.js'

/** The tables that facts are made of, as far as a schema has them. */
export interface Tables {
  readonly strategies: Table
  readonly executions: Table
  readonly decisions: Table
  readonly snapshots: Table | undefined
  /** The broker's account activities, as far as orders do not tell of them. */
  readonly activities: Table | undefined
}

export function tablesOf(schema: TorghutSchema): Tables {
  return {
    strategies,
    executions: executionsTable(schema),
    decisions: decisionsTable(schema),
    snapshots: schema.has('position_snapshots') ? snapshots : undefined,
    activities: schema.has('broker_account_activities') ? activitiesTable(schema) : undefined,
  }
}
