// A second exporter is started on the same databases and the same store.
import { setTimeout as sleep } from 'node:timers/promises'
import { lengthBetween } from '../fault-length.mjs'
import { seriesOf } from '../metrics-page.mjs'

export const fault = {
  name: 'two-exporters',
  title: 'two exporters on one store',
  holds: 'both answer; one holds the writer’s lock, and the other writes nothing',
  isShort: false,
  secondsFor: lengthBetween(15, 60),
  mayAlert: [],
  mustAlertFor: () => [],
  async play({ exporter, otherExporter }, { seconds }) {
    const other = otherExporter()
    try {
      await other.start()
      const writers = []
      for (let second = 0; second < seconds; second += 1) {
        const pages = await Promise.all([exporter.page(), other.page()])
        writers.push(pages.reduce((sum, page) => sum + (seriesOf(page, 'quant_writer') ?? 0), 0))
        await sleep(1_000)
      }
      const written = seriesOf(await other.page(), 'quant_store_rows_written_total', 'store="latest"') ?? 0
      return {
        problems: [
          ...(writers.every((count) => count === 1)
            ? []
            : [`there were ${Math.min(...writers)} to ${Math.max(...writers)} writers`]),
          ...(written === 0 ? [] : [`the second one wrote ${written} rows`]),
        ],
      }
    } finally {
      await other.stop()
    }
  },
}
