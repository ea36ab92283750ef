// A fault of ClickHouse: its front misbehaves for some seconds, and the exporter must have noticed.
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from './fault-length.mjs'
import { sumOf } from './metrics-page.mjs'

/** `errs`: whether answers of that kind are failures to the exporter. */
export function clickhouseFault({ name, title, holds, isShort = false, order, errs = true }) {
  return {
    ...{ name, title, holds, isShort },
    secondsFor: lengthBetween(10, 30),
    // What is not read of any required source for longer than fifteen seconds is a lag.
    mayAlert: ['QuantPipelineLagHigh', 'QuantSourceDown', 'QuantTaSignalsStale'],
    mustAlertFor: () => [],
    async play({ clickhouse, exporter }, { seconds }) {
      const errors = async () => sumOf(await exporter.page(), 'quant_source_errors_total')
      const before = await errors()
      await clickhouse.setFault(order)
      await sleep(seconds * 1000)
      await clickhouse.setFault(undefined)
      const more = (await errors()) - before
      return {
        problems: errs && more === 0 ? ['the exporter counted no error'] : [],
        remark: `${more} failed reads`,
      }
    },
  }
}
