import { type Demo, startDemo } from '../app/demo.js'
import { METRIC_DESCRIPTIONS } from '../app/dictionary.js'
import { INCIDENT_NAMES } from '../domain/incident.js'
import { toIso } from '../domain/time.js'
import { keepSmallHeapSmall } from '../lib/heap-growth.js'
import type { Command } from './command.js'
import { renderHeadlines } from './headline-table.js'
import {
  controlListenOption,
  DEFAULT_CONTROL_URL,
  defaultControlListen,
  INCIDENT_OPTIONS,
  incidentsOption,
} from './incident-options.js'
import { loadConfig } from './load-config.js'
import { createLog } from './log.js'
import { MOMENT_HELP, MOMENT_OPTIONS, momentOf } from './moment-options.js'
import { progressText } from './progress-text.js'
import { createProgressLine, createScreen, type Terminal } from './terminal.js'
import { untilAborted } from './until-aborted.js'

const REFRESH_MS = 2_000
/** Where nobody looks at a screen, the table is a line of a log. */
const REFRESH_LOG_MS = 30_000

export const demo: Command = {
  name: 'demo',
  summary: 'show it all running on embedded databases with simulated traders; needs no server',
  description: [
    'Starts an embedded Postgres and an embedded ClickHouse, a simulator that trades and writes into them as the real system',
    'would, and the exporter that reads them. Prints the addresses to open and the strategies’ headline numbers. Ctrl-C ends',
    'everything and leaves no file. Listens on QUANT_LISTEN (127.0.0.1:9464), and beside it where incidents are switched.',
  ].join('\n'),
  options: { ...MOMENT_OPTIONS, ...INCIDENT_OPTIONS },
  help: {
    ...MOMENT_HELP,
    incident: `what goes wrong from the start, separated by commas: ${INCIDENT_NAMES.join(', ')}`,
    'control-listen':
      'loopback address where quant-exporter incident can switch them (127.0.0.1:9465: the port after QUANT_LISTEN’s)',
  },
  async run({ values, environment, terminal, signal, version }) {
    const { moment, seed, sessions } = momentOf(values)
    const incidents = incidentsOption(values.incident, INCIDENT_NAMES)
    const controlListen = controlListenOption(values['control-listen'])
    const configFor = (addresses: Readonly<Record<string, string>>) =>
      loadConfig({ environment, terminal }, { JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true', ...addresses })
    const progress = createProgressLine(terminal)
    const level = environment.QUANT_LOG_LEVEL === undefined ? { QUANT_LOG_LEVEL: 'warn' } : {}
    const config = configFor({ TORGHUT_DB_DSN: 'postgresql://demo@127.0.0.1/demo', ...level })
    const log = createLog(config, terminal, () => progress.clear())
    const onProgress = (done: Parameters<typeof progressText>[0]) => progress.show(progressText(done))
    const running = await startDemo({
      version,
      log,
      configFor,
      moment,
      seed,
      sessions,
      incidents,
      controlListen: controlListen ?? defaultControlListen(config.listen),
      signal,
      onProgress,
    })
    try {
      progress.clear()
      terminal.out(`${welcome(running, seed)}\n`)
      await Promise.race([running.firstFrame(), untilAborted(signal)])
      keepSmallHeapSmall()
      progress.clear()
      await showHeadlines(running, terminal, signal)
    } finally {
      progress.clear()
      await running.stop()
    }
  },
}

function welcome({ urls, databases, startAt }: Demo, seed: number): string {
  const { api, metrics, control } = urls
  const base = `${api}/api/torghut/trading/control-plane/quant`
  return [
    `quant-exporter demo: simulated data, as if it were ${toIso(startAt)} (seed ${seed})`,
    '',
    `  start here   ${api}/`,
    `  live         ${api}/live`,
    `  gauges       ${metrics}/metrics`,
    `  strategies   ${base}/strategies`,
    `  health       ${base}/health`,
    `  the API      ${api}/docs`,
    `  incidents    ${control}/incidents`,
    `  databases    ${databases.postgres}`,
    `               ${databases.clickhouse}`,
    '',
    'The history is being written; the first numbers follow in some seconds. Ctrl-C ends everything.',
    'Let something go wrong, in another terminal (and see quant-exporter incident --help):',
    `  npx quant-exporter incident start feed-pause --for 3m${control === DEFAULT_CONTROL_URL ? '' : ` --url ${control}`}`,
    '',
  ].join('\n')
}

/** The table of headline numbers, again and again until the signal aborts. */
async function showHeadlines({ reader, calendars }: Demo, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const screen = createScreen(terminal)
  const show = () => {
    const frames = reader.frames()
    if (frames !== undefined) screen.show(renderHeadlines(frames, METRIC_DESCRIPTIONS, calendars))
  }
  show()
  const timer = setInterval(show, terminal.isInteractive ? REFRESH_MS : REFRESH_LOG_MS)
  await untilAborted(signal)
  clearInterval(timer)
}
