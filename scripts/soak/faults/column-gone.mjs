// A column that is read vanishes and comes back: a migration that was rolled back. It is renamed and renamed back, so that
// what it held is the same afterwards.
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from '../fault-length.mjs'
import { seriesOf } from '../metrics-page.mjs'

export const fault = {
  name: 'column-gone',
  title: 'a column of the orders is gone and comes back',
  holds: 'it is told as a fault of the schema; what was missed is read once it is back',
  isShort: false,
  secondsFor: lengthBetween(10, 60),
  mayAlert: ['QuantPipelineLagHigh', 'QuantSourceDown'],
  mustAlertFor: () => [],
  async play({ postgres, exporter }, { seconds }) {
    const errors = async () =>
      seriesOf(await exporter.page(), 'quant_source_errors_total', 'source="postgres"', 'kind="schema"') ?? 0
    const before = await errors()
    await postgres.admin.query('ALTER TABLE executions RENAME COLUMN avg_fill_price TO avg_fill_price_gone')
    await sleep(seconds * 1000)
    await postgres.admin.query('ALTER TABLE executions RENAME COLUMN avg_fill_price_gone TO avg_fill_price')
    const more = (await errors()) - before
    return { problems: more > 0 ? [] : ['no error of the schema was counted'], remark: `${more} failed reads` }
  },
}
