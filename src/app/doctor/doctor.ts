import type { Config } from '../../config/config.js'
import { QuantErrors } from '../../domain/errors.js'
import { type Check, checkSources } from '../check-sources.js'
import { wallNow } from '../clock.js'
import { alertmanagerFinding } from './alertmanager.js'
import type { Server } from './ask.js'
import { askExporter, readsSource } from './exporter-answers.js'
import { factsFinding } from './facts.js'
import { framesFinding } from './frames.js'
import { grafanaFinding } from './grafana.js'
import { examine, type Finding, finding, type Hop, HopFailure, type HopName, notAsked } from './hop.js'
import { metricsFinding } from './metrics-page.js'
import { prometheusFinding } from './prometheus.js'
import { rulesFinding } from './rules.js'
import { sourceFinding } from './sources.js'

/** Whom to ask; undefined: not asked. */
export interface DoctorServers {
  readonly exporter: Server | undefined
  readonly metrics: Server | undefined
  readonly prometheus: Server | undefined
  readonly alertmanager: Server | undefined
  readonly grafana: Server | undefined
}

/**
 * Walks the way from the sources to those who look and are told, and says of each hop whether it is well. Hops behind a
 * broken one are tried all the same. Every question has a limit of time.
 *
 * @param settings the configuration, or what is wrong with it
 */
export async function walk(
  settings: Config | QuantErrors,
  servers: DoctorServers,
  signal: AbortSignal,
): Promise<readonly Hop[]> {
  const { exporter, metrics, prometheus, alertmanager, grafana } = servers
  const config = settings instanceof QuantErrors ? undefined : settings
  const hasSource = config?.torghut !== undefined || config?.clickhouse !== undefined
  const [check, answers] = await Promise.all([
    config !== undefined && hasSource ? checkSources(config, signal) : undefined,
    exporter && askExporter(exporter, signal),
  ])
  const heard = answers instanceof HopFailure ? undefined : answers
  const hosts = [exporter, metrics].flatMap((server) => (server === undefined ? [] : [server.url.host]))
  return Promise.all([
    examine('configuration', () => configurationFinding(settings)),
    sourceHop('postgres', config, check, readsSource(answers, 'postgres'), 'set TORGHUT_DB_DSN as for serve'),
    sourceHop('clickhouse', config, check, readsSource(answers, 'clickhouse'), 'set CH_HOST as for serve'),
    heard === undefined && !isState(check?.torghut)
      ? notAsked('facts', 'give --exporter URL, or set TORGHUT_DB_DSN to a database that answers')
      : examine('facts', () => factsFinding(check?.torghut, heard)),
    reach('frames', answers, 'give --exporter URL', (given) => {
      if (given instanceof HopFailure) throw given
      return framesFinding(given)
    }),
    reach('metrics', metrics, 'give --exporter URL, or --metrics URL', (given) =>
      metricsFinding(given, wallNow, signal),
    ),
    reach('prometheus', prometheus, 'give --prometheus URL', (given) => prometheusFinding(given, hosts, signal)),
    reach('rules', prometheus, 'give --prometheus URL', (given) => rulesFinding(given, signal)),
    reach('alertmanager', alertmanager ?? prometheus, 'give --alertmanager URL', () =>
      alertmanagerFinding({ prometheus, alertmanager }, wallNow(), signal),
    ),
    reach('grafana', grafana, 'give --grafana URL, and a token', (given) => grafanaFinding(given, signal)),
  ])
}

function reach<Given>(
  name: HopName,
  given: Given | undefined,
  give: string,
  look: (given: Given) => Finding | Promise<Finding>,
): Hop | Promise<Hop> {
  return given === undefined ? notAsked(name, give) : examine(name, () => look(given))
}

function isState(asked: Check['torghut']): boolean {
  return asked !== undefined && 'state' in asked
}

function sourceHop(
  name: 'postgres' | 'clickhouse',
  config: Config | undefined,
  check: Check | undefined,
  isRead: boolean,
  give: string,
): Hop | Promise<Hop> {
  if (config === undefined) return notAsked(name, 'mend the configuration first')
  if (check === undefined || (name === 'postgres' ? config.torghut : config.clickhouse) === undefined)
    return notAsked(name, give)
  return examine(name, () => sourceFinding(name, check, isRead))
}

function configurationFinding(settings: Config | QuantErrors): Finding {
  if (!(settings instanceof QuantErrors)) return finding({ told: ['valid'] })
  return finding({
    troubles: settings.problems.map((what) => ({
      what,
      remedy: 'correct it; docs/configuration.md tells of each setting',
    })),
  })
}
