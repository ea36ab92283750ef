// The exporter is asked to end while it is scraped, asked and listened to, and is started again.
import { AT_ONCE } from '../fault-length.mjs'

export const fault = {
  name: 'termination',
  title: 'the exporter is terminated (SIGTERM) in load and started again',
  holds: 'it ends by itself with status 0; clients of the stream are told to come again, and do',
  isShort: false,
  secondsFor: AT_ONCE,
  mayAlert: ['QuantExporterDown', 'QuantNotReady'],
  mustAlertFor: () => [],
  async play({ exporter }) {
    const startedMs = performance.now()
    const { code, wasKilled } = await exporter.stop('SIGTERM')
    const endedMs = performance.now() - startedMs
    const readyMs = await exporter.start()
    return {
      problems: code === 0 && !wasKilled ? [] : [`it ended with ${wasKilled ? 'SIGKILL' : `status ${code}`}`],
      remark: `ended in ${(endedMs / 1000).toFixed(1)} s, ready ${(readyMs / 1000).toFixed(1)} s after the start`,
    }
  },
}
