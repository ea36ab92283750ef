import { startApp } from '../app/app.js'
import { createHeldClock, createSystemClock } from '../app/clock.js'
import { keepSmallHeapSmall } from '../lib/heap-growth.js'
import { numberOption, timeOption } from './arguments.js'
import type { Command } from './command.js'
import { loadConfig } from './load-config.js'
import { createLog } from './log.js'
import { progressText } from './progress-text.js'
import { createProgressLine } from './terminal.js'
import { untilAborted } from './until-aborted.js'

export const serve: Command = {
  name: 'serve',
  summary: 'read the trading database and serve metrics and the API (the default)',
  description: [
    'Reads the trading database, computes and serves: gauges at /metrics, JSON under /api, a page with all links at /.',
    'Needs JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true and TORGHUT_DB_DSN; with the main switch off it answers probes and',
    'reads nothing. All settings: docs/configuration.md, or quant-exporter config for those in force. Limits of alerts are',
    'taken from QUANT_CONFIG while it runs: when the file changes, or at SIGHUP.',
  ].join('\n'),
  options: { at: { type: 'string' }, speed: { type: 'string' }, record: { type: 'string' } },
  help: {
    at: 'look at the data as if it were this moment, such as 2026-11-20T15:30:00Z; time goes on from there, and nothing is kept',
    speed: 'with --at: seconds that pass in one (1; up to 600)',
    record: 'a folder into which every fact that is read is written, for quant-exporter replay',
  },
  async run({ values, environment, terminal, signal, onHangUp, version }) {
    const at = timeOption('at', values.at)
    const speed = numberOption('speed', values.speed, 1, { min: 0.1, max: 600 })
    const loaded = loadConfig({ environment, terminal })
    // What another moment's now is must not take the place of what is kept of this one.
    const config = at === undefined ? loaded : { ...loaded, store: undefined, series: undefined }
    const progress = createProgressLine(terminal)
    const log = createLog(config, terminal, () => progress.clear())
    const held = at === undefined ? undefined : createHeldClock({ startAt: at, speed })
    const app = await startApp({
      config,
      clock: held ?? createSystemClock(),
      version,
      log,
      recordInto: values.record === undefined ? undefined : String(values.record),
      onProgress: (done) => progress.show(progressText(done)),
    })
    held?.release()
    void app.firstFrame().then(keepSmallHeapSmall)
    // On a terminal the signal means that its window is closed: there it ends the process, as always.
    if (!terminal.isInteractive) onHangUp(() => void app.reloadConfig())
    log.info('listening', { api: app.urls.api, metrics: `${app.urls.metrics}/metrics`, enabled: config.isEnabled })
    await untilAborted(signal)
    log.info('stopping')
    await app.stop()
  },
}
