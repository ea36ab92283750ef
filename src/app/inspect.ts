import { DICTIONARY } from '../compute/dictionary.js'
import type { Config } from '../config/config.js'
import { openClickHouse } from '../connections/clickhouse-client.js'
import type { Need } from '../domain/metric.js'
import { discoverMarket, type MarketSchema } from '../ingest/clickhouse/schema.js'
import { openTorghutPool } from '../ingest/postgres/pool.js'
import { discoverTorghut, type TorghutState } from '../ingest/postgres/schema.js'

/** What a source is like, why it cannot be told, or that it is not configured. */
export type Inspected<State> = { readonly state: State } | { readonly error: unknown } | undefined

export interface Inspection {
  readonly torghut: Inspected<TorghutState>
  readonly market: Inspected<MarketSchema>
  /** Metrics that are insufficient_data with these schemas, each with the table or column that it lacks. */
  readonly insufficient: readonly { readonly metric: string; readonly lacks: string }[]
}

/** Asks the sources what they are, without reading any facts. */
export async function inspect(config: Config): Promise<Inspection> {
  const [torghut, market] = await Promise.all([inspectTorghut(config), inspectMarket(config)])
  const lacking = new Map([
    ...(torghut !== undefined && 'state' in torghut ? torghut.state.schema.lacking : []),
    ...(market !== undefined && 'state' in market ? market.state.lacking : []),
  ])
  return { torghut, market, insufficient: insufficientOf(lacking) }
}

/** The metrics that what is missing makes insufficient. */
export function insufficientOf(lacking: ReadonlyMap<Need, string>): Inspection['insufficient'] {
  return DICTIONARY.flatMap(({ name, needs = [] }) => {
    const lacks = needs.map((need) => lacking.get(need)).filter((what) => what !== undefined)
    return lacks.length === 0 ? [] : [{ metric: name, lacks: lacks.join(', ') }]
  })
}

async function inspectTorghut({ torghut }: Config): Promise<Inspected<TorghutState>> {
  if (torghut === undefined) return undefined
  const pool = openTorghutPool(torghut, () => undefined)
  try {
    return { state: await discoverTorghut(pool) }
  } catch (error) {
    return { error }
  } finally {
    await pool.end()
  }
}

async function inspectMarket({ clickhouse }: Config): Promise<Inspected<MarketSchema>> {
  if (clickhouse === undefined) return undefined
  const client = openClickHouse(clickhouse)
  try {
    return { state: await discoverMarket(client, clickhouse) }
  } catch (error) {
    return { error }
  } finally {
    await client.close()
  }
}
