// The exporter's clock jumps ahead and, some time later, back (libfaketime; nobody else's clock moves).
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from '../fault-length.mjs'
import { seriesOf } from '../metrics-page.mjs'
import { until } from '../processes.mjs'

const BETWEEN_MS = 8_000

export const fault = {
  name: 'clock-step',
  title: 'the exporter’s clock steps ahead and back',
  holds: 'T follows a step ahead, and never goes back: it stands until the clock has come there again',
  isShort: false,
  // Of the steps and of the wait until the clock has caught up: both are as long.
  secondsFor: lengthBetween(15, 60),
  mayAlert: [
    'QuantPipelineLagHigh',
    'QuantFramesMissing',
    'QuantSourceDown',
    'QuantTaSignalsStale',
    'QuantComputeSlow',
  ],
  mustAlertFor: () => [],
  async play({ exporter, exporterClock }, { seconds }) {
    const instant = async () => seriesOf(await exporter.page(), 'quant_clock_timestamp_seconds') ?? 0
    let [latest, longestBack] = [await instant(), 0]
    const look = async () => {
      const next = await instant()
      longestBack = Math.max(longestBack, latest - next)
      latest = Math.max(latest, next)
      return latest
    }
    const startedAt = latest
    await exporterClock.step(seconds)
    await until(async () => (await look()) - startedAt >= seconds, {
      withinMs: 60_000,
      describe: () => 'T follows the clock ahead',
    })
    await sleep(BETWEEN_MS)
    await exporterClock.step(-seconds)
    const steppedBackAt = latest
    await until(async () => (await look()) > steppedBackAt + 2, {
      withinMs: (seconds + 60) * 1000,
      describe: () => 'T goes on once the clock has caught up',
    })
    return {
      problems: longestBack > 0 ? [`T went back by ${longestBack} s`] : [],
      remark: `±${seconds} s`,
    }
  },
}
