// Postgres, Torghut's and the store's alike, is shut down and comes back on its data.
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from '../fault-length.mjs'
import { seriesOf } from '../metrics-page.mjs'

/** The limit of the lag, its duration, and the periods of scrapes, rules and groups. */
const TOLD_AFTER_SECONDS = 45

export const fault = {
  name: 'postgres-stopped',
  title: 'Postgres is stopped and started',
  holds: 'frames go on with what is known, and say that they are stale; what was missed is read',
  isShort: false,
  secondsFor: lengthBetween(15, 60),
  mayAlert: ['QuantPipelineLagHigh', 'QuantSourceDown', 'QuantStoreFailing'],
  mustAlertFor: (seconds) => (seconds >= TOLD_AFTER_SECONDS ? ['QuantPipelineLagHigh'] : []),
  async play({ postgres, exporter }, { seconds }) {
    await postgres.stop()
    await sleep(seconds * 1000)
    const up = seriesOf(await exporter.page(), 'quant_source_up', 'source="postgres"')
    const isReady = await exporter.isReady()
    await postgres.start()
    return {
      problems: [
        ...(up === 0 ? [] : ['quant_source_up was 1 while nobody listened']),
        ...(isReady ? [] : ['/readyz was not 200']),
      ],
    }
  },
}
