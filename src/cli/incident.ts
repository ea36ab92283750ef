import { createIncidentClient, type RemoteIncident } from '../app/incident-client.js'
import { QuantError } from '../domain/errors.js'
import { INCIDENT_NAMES, INCIDENT_SUMMARIES } from '../domain/incident.js'
import { nearNames } from '../lib/near-names.js'
import { durationOption, urlOption } from './arguments.js'
import type { Command } from './command.js'
import { DEFAULT_CONTROL_URL as DEFAULT_URL, unknownIncident } from './incident-options.js'

const ACTIONS = ['start', 'stop', 'list'] as const

export const incident: Command = {
  name: 'incident',
  summary: 'let something go wrong in a running demo, and right again',
  description: [
    'Talks to a demo (or simulate with --control-listen) of this machine. Incidents:',
    '',
    ...INCIDENT_NAMES.map((name) => `  ${name.padEnd(14)} ${INCIDENT_SUMMARIES[name]}`),
    '',
    'They may overlap. What they did stays in the data; what a paused feed missed is never written.',
  ].join('\n'),
  operands: 'start|stop|list [NAME]',
  options: { for: { type: 'string' }, url: { type: 'string' } },
  help: {
    for: 'with start: end it by itself after this much simulated time, such as 90s, 3m or 1h (until it is stopped)',
    url: `the address for incidents that the demo printed at its start (${DEFAULT_URL})`,
  },
  async run({ values, operands, terminal, signal }) {
    const [wanted = 'list', name, extra] = operands
    const action = ACTIONS.find((candidate) => candidate === wanted)
    if (action === undefined) {
      const near = nearNames(wanted, ACTIONS)
      const meant = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''
      throw new QuantError(
        'usage',
        `incident can start, stop or list, not '${wanted}'${meant} See quant-exporter incident --help`,
      )
    }
    const surplus = action === 'list' ? name : extra
    if (surplus !== undefined) throw new QuantError('usage', `incident ${action} takes no argument '${surplus}'`)
    if (action !== 'start' && values.for !== undefined) throw new QuantError('usage', '--for belongs to incident start')
    const forMs = durationOption('for', values.for)
    const client = createIncidentClient(urlOption('url', values.url, DEFAULT_URL), signal)
    if (action === 'list') {
      for (const found of await client.list()) terminal.out(`${lineOf(found)}\n`)
      return
    }
    const known = INCIDENT_NAMES.find((candidate) => candidate === name)
    if (known === undefined) {
      throw new QuantError(
        'usage',
        name === undefined
          ? `incident ${action} needs a name: ${INCIDENT_NAMES.join(', ')}`
          : unknownIncident(name, INCIDENT_NAMES),
      )
    }
    terminal.out(`${lineOf(action === 'start' ? await client.start(known, forMs) : await client.stop(known))}\n`)
  },
}

function lineOf({ name, state, since, until, summary }: RemoteIncident): string {
  const time = since === undefined ? '' : ` since ${since}${until === undefined ? '' : ` until ${until}`}`
  return `${name.padEnd(14)} ${state.padEnd(3)}${time === '' ? ` ${summary}` : time}`
}
