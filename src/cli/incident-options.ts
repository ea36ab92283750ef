import { listenAddress } from '../config/setting.js'
import { isLoopback, type ListenAddress } from '../domain/connections.js'
import { QuantError } from '../domain/errors.js'
import type { IncidentName } from '../domain/incident.js'
import { nearNames } from '../lib/near-names.js'
import type { Command } from './command.js'

/** Where a demo on its default addresses has its incidents switched. */
export const DEFAULT_CONTROL_URL = 'http://127.0.0.1:9465'

export const INCIDENT_OPTIONS = {
  incident: { type: 'string' },
  'control-listen': { type: 'string' },
} as const satisfies Command['options']

/** The incidents of `--incident a,b`; all that is wrong with the list is said at once. */
export function incidentsOption(
  value: string | boolean | undefined,
  known: readonly IncidentName[],
): readonly IncidentName[] {
  if (value === undefined) return []
  const wanted = String(value).split(',')
  const found = known.filter((name) => wanted.includes(name))
  const unknown = wanted.filter((name) => !known.some((candidate) => candidate === name))
  if (unknown.length > 0)
    throw new QuantError('usage', `--incident: ${unknown.map((name) => unknownIncident(name, known)).join('; ')}`)
  return found
}

/** Says that there is no such incident, what may have been meant, and what there is. */
export function unknownIncident(name: string, known: readonly IncidentName[]): string {
  const near = nearNames(name, known)
  const meant = near.length > 0 ? `, did you mean ${near.join(' or ')}?` : ''
  return `there is no incident '${name}'${meant} (there are ${known.join(', ')})`
}

/** A loopback address of `--control-listen`. */
export function controlListenOption(value: string | boolean | undefined): ListenAddress | undefined {
  if (value === undefined) return undefined
  const parsed = listenAddress.schema.safeParse(value)
  if (!parsed.success)
    throw new QuantError('usage', `--control-listen must be ${listenAddress.allowed}; it is '${value}'`)
  if (isLoopback(parsed.data.host)) return parsed.data
  throw new QuantError(
    'usage',
    `--control-listen must be a loopback address such as 127.0.0.1:9465, since whoever reaches it can switch incidents; it is '${value}'`,
  )
}

/** Where incidents are switched when nothing is said: the port after the API's, a free one where that is a free one. */
export function defaultControlListen(api: ListenAddress): ListenAddress {
  return { host: '127.0.0.1', port: api.port === 0 || api.port === 65_535 ? 0 : api.port + 1 }
}
