// A transaction stamps its order now and commits minutes later, when polls have long gone past it.
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from '../fault-length.mjs'
import { openPool } from '../postgres.mjs'
import { countProbeOrders, writeProbeOrder } from '../probe-orders.mjs'

export const fault = {
  name: 'late-commit',
  title: 'a transaction commits late',
  holds: 'its order is found by the next reconciliation and counted, once',
  isShort: false,
  // More than the overlap of polls (30 s), so that only a reconciliation finds it.
  secondsFor: lengthBetween(35, 300),
  mayAlert: [],
  mustAlertFor: () => [],
  async play({ postgres, clock }, { seconds }) {
    const pool = openPool(postgres.dsn, 1)
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await writeProbeOrder(client, 0, clock.now())
      await sleep(seconds * 1000)
      const before = await countProbeOrders(postgres.admin)
      await client.query('COMMIT')
      const after = await countProbeOrders(postgres.admin)
      return { problems: after > before ? [] : ['the order did not come'], remark: `committed after ${seconds} s` }
    } finally {
      client.release(true)
      await pool.end()
    }
  },
}
