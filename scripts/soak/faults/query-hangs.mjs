// A table that is read is locked: polls hang until they are given up.
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from '../fault-length.mjs'
import { seriesOf } from '../metrics-page.mjs'
import { until } from '../processes.mjs'

/** Longer than TORGHUT_DB_TIMEOUT_MS. */
const SHORTEST_SECONDS = 12
const TOLD_AFTER_SECONDS = 45

export const fault = {
  name: 'query-hangs',
  title: 'a query hangs: the orders are locked',
  holds: 'it is given up and counted as a timeout; frames and scrapes go on meanwhile',
  isShort: false,
  secondsFor: lengthBetween(SHORTEST_SECONDS, 60),
  mayAlert: ['QuantPipelineLagHigh', 'QuantSourceDown'],
  mustAlertFor: (seconds) => (seconds >= TOLD_AFTER_SECONDS ? ['QuantPipelineLagHigh'] : []),
  async play({ postgres, exporter }, { seconds }) {
    const timeouts = async () =>
      seriesOf(await exporter.page(), 'quant_source_errors_total', 'source="postgres"', 'kind="timeout"') ?? 0
    const before = await timeouts()
    const client = await postgres.admin.connect()
    try {
      await client.query('BEGIN')
      await client.query('LOCK TABLE executions IN ACCESS EXCLUSIVE MODE')
      await sleep(seconds * 1000)
      await until(async () => (await timeouts()) > before, {
        withinMs: 60_000,
        describe: () => 'a timeout is counted',
      })
      await client.query('ROLLBACK')
    } finally {
      client.release(true)
    }
    return { problems: [], remark: `${(await timeouts()) - before} timeouts` }
  },
}
