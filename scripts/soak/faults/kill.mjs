// The exporter is killed without a word and started anew, as an orchestrator would.
import { AT_ONCE } from '../fault-length.mjs'

export const fault = {
  name: 'kill',
  title: 'the exporter is killed (SIGKILL) and started again',
  holds: 'a start reads all there is; clients of the stream come back and begin with snapshots; open alerts stay open',
  isShort: true,
  secondsFor: AT_ONCE,
  // A start on a busy machine may take longer than scrapes are waited for.
  mayAlert: ['QuantExporterDown', 'QuantNotReady'],
  mustAlertFor: () => [],
  async play({ exporter }) {
    await exporter.stop('SIGKILL')
    const readyMs = await exporter.start()
    return { problems: [], remark: `ready ${(readyMs / 1000).toFixed(1)} s after the start` }
  },
}
