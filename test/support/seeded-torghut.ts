import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js'
import type { PostgresSchema } from '../../src/simulator/torghut/postgres-schema.js'
import { at, type PolledTorghut, pollTorghut } from './polled-torghut.js'
import type { PostgresServer } from './postgres-server.js'

/** A small Torghut on a real server that has something in every table that is read. */
export async function seededTorghut(server: PostgresServer, schema?: PostgresSchema): Promise<PolledTorghut> {
  const torghut = await pollTorghut(server, schema)
  const trade = async (offsetMs: number, side: string, price: number) => {
    const made = { created_at: at(offsetMs), updated_at: at(offsetMs) }
    const decisionId = await torghut.decision({ created_at: at(offsetMs) })
    await torghut.review(decisionId, { created_at: at(offsetMs) })
    await torghut.order(decisionId, {
      ...{ ...made, side, filled_qty: '10', avg_fill_price: String(price), status: 'filled' },
      raw_order: { submitted_at: at(offsetMs), filled_at: at(offsetMs) },
    })
  }
  await trade(-3 * DAY_MS, 'buy', 100)
  await trade(-90 * MINUTE_MS, 'sell', 120)
  await torghut.event({ event_ts: at(-90 * MINUTE_MS), event_type: 'fill', alpaca_order_id: 'nobody' })
  await torghut.activity({ activity_type: 'CSD', net_amount: '10', event_at: at(-2 * DAY_MS) })
  for (const offsetMs of [-4 * DAY_MS, -3 * HOUR_MS, -MINUTE_MS])
    await torghut.snapshot({ as_of: at(offsetMs), created_at: at(offsetMs) })
  return torghut
}
