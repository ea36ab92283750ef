import type { Server } from '../app/doctor/ask.js'
import { type DoctorServers, walk } from '../app/doctor/doctor.js'
import type { Config } from '../config/config.js'
import { QuantError, QuantErrors } from '../domain/errors.js'
import { urlOption } from './arguments.js'
import type { Command, CommandContext } from './command.js'
import { doctorJson, doctorText } from './doctor-report.js'
import { loadConfig } from './load-config.js'
import { DEFAULT_URL, readToken, TOKEN_VARIABLE, tokenOf } from './running-exporter.js'

export const doctor: Command = {
  name: 'doctor',
  summary: 'walk from the sources to Grafana and say which hop is broken, and how to mend it',
  description: [
    'Looks at each hop from the databases to those who look and are told: the sources and their facts, the frames and /metrics',
    'of a running exporter, Prometheus, its rules, Alertmanager and its routes, the data source of Grafana. Each is ok, broken',
    'with the reason and the remedy, or not asked where no address is given; those behind a broken one are tried all the same.',
    'The sources come from the environment, as for serve. It only reads. Status 0: all that was asked is well. Status 1: a hop',
    'is broken. Status 2: the command was used wrongly.',
  ].join('\n'),
  options: {
    exporter: { type: 'string' },
    metrics: { type: 'string' },
    prometheus: { type: 'string' },
    alertmanager: { type: 'string' },
    grafana: { type: 'string' },
    'token-file': { type: 'string' },
    'prometheus-token-file': { type: 'string' },
    'alertmanager-token-file': { type: 'string' },
    'grafana-token-file': { type: 'string' },
    json: { type: 'boolean' },
  },
  help: {
    exporter: `where the API of an exporter is, such as ${DEFAULT_URL}`,
    metrics: 'where its /metrics is, when QUANT_METRICS_LISTEN is another address',
    prometheus: 'where Prometheus is, such as http://127.0.0.1:9090',
    alertmanager: 'where Alertmanager is, such as http://127.0.0.1:9093',
    grafana: 'where Grafana is, such as http://127.0.0.1:3000',
    'token-file': `a file with a token of the API; without it ${TOKEN_VARIABLE}, or the first that serve accepts; that of /metrics comes from QUANT_METRICS_TOKEN`,
    'prometheus-token-file': 'a file with a bearer token; without it PROMETHEUS_TOKEN',
    'alertmanager-token-file': 'a file with a bearer token; without it ALERTMANAGER_TOKEN',
    'grafana-token-file':
      'a file with the token of a service account that may read data sources; without it GRAFANA_TOKEN',
    json: 'print the result as JSON',
  },
  async run(context) {
    const { terminal, values, signal } = context
    const settings = settingsOf(context)
    const servers = serversOf(context, settings)
    const isConfigured =
      settings instanceof QuantErrors || settings.torghut !== undefined || settings.clickhouse !== undefined
    if (!isConfigured && Object.values(servers).every((server) => server === undefined))
      throw new QuantError(
        'usage',
        'nothing is given to look at: set TORGHUT_DB_DSN, or give --exporter, --prometheus, --alertmanager or --grafana an address; see quant-exporter doctor --help',
      )
    const hops = await walk(settings, servers, signal)
    if (signal.aborted) throw new QuantError('check_failed', 'interrupted: not every hop has answered')
    terminal.out(values.json === true ? doctorJson(hops) : doctorText(hops))
    const broken = hops.filter(({ state }) => state === 'broken').length
    if (broken > 0) throw new QuantError('check_failed', `${broken === 1 ? '1 hop is' : `${broken} hops are`} broken`)
  },
}

/** What is wrong with the settings is the first hop's matter: the others can be asked without them. */
function settingsOf({ environment, terminal }: CommandContext): Config | QuantErrors {
  try {
    // The token of a client is none of the settings of serve.
    return loadConfig({ environment: { ...environment, [TOKEN_VARIABLE]: undefined }, terminal })
  } catch (error) {
    if (error instanceof QuantErrors) return error
    throw error
  }
}

function serversOf(context: CommandContext, settings: Config | QuantErrors): DoctorServers {
  // Within its own surroundings the exporter's tokens are at hand.
  const [ownToken] = settings instanceof QuantErrors ? [] : settings.access.tokens
  const exporter = serverOf(context, 'exporter', 'the exporter', tokenOf(context) ?? ownToken, apiTokenRemedy)
  const metricsToken = settings instanceof QuantErrors ? undefined : settings.access.metricsToken
  const metricsRemedy = 'set QUANT_METRICS_TOKEN or QUANT_METRICS_TOKEN_FILE as serve has it'
  const metrics = serverOf(context, 'metrics', 'the exporter', metricsToken, metricsRemedy)
  const foreign = (option: 'prometheus' | 'alertmanager' | 'grafana', name: string) =>
    serverOf(
      context,
      option,
      name,
      foreignToken(context, option),
      `give a token that may read in --${option}-token-file or ${variableOf(option)}`,
    )
  return {
    exporter,
    metrics:
      metrics ??
      (exporter && {
        ...exporter,
        token: metricsToken,
        option: '--exporter, or give --metrics',
        tokenRemedy: metricsRemedy,
      }),
    prometheus: foreign('prometheus', 'Prometheus'),
    alertmanager: foreign('alertmanager', 'Alertmanager'),
    grafana: foreign('grafana', 'Grafana'),
  }
}

const apiTokenRemedy = `give one of QUANT_API_TOKENS in --token-file or ${TOKEN_VARIABLE}`

function serverOf(
  { values }: CommandContext,
  option: string,
  name: string,
  token: string | undefined,
  tokenRemedy: string,
): Server | undefined {
  const value = values[option]
  if (value === undefined) return undefined
  const url = urlOption(option, value, DEFAULT_URL)
  if (url.username !== '' || url.password !== '')
    throw new QuantError(
      'usage',
      `--${option} holds a user or a password, which others on this machine can see; ${tokenRemedy}`,
    )
  return { name, url, token, option: `--${option}`, tokenRemedy }
}

function variableOf(option: string): string {
  return `${option.toUpperCase()}_TOKEN`
}

/** Of another program: whatever can stand in a header. It is not shown. */
function foreignToken({ values, environment }: CommandContext, option: string): string | undefined {
  const path = values[`${option}-token-file`]
  const name = path === undefined ? variableOf(option) : `--${option}-token-file`
  const token = path === undefined ? environment[name]?.trim() : readToken(name, String(path))
  if (token === undefined || (token === '' && path === undefined)) return undefined
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new QuantError('usage', `${name} holds no token: one is on one line, without spaces`)
}
