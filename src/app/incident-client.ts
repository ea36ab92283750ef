import type { z } from 'zod'
import { QuantError } from '../domain/errors.js'
import type { IncidentName } from '../domain/incident.js'
import { jsonOrUndefined } from '../lib/json-or-undefined.js'
import { INCIDENTS_PATH } from '../snapshot-api/incidents/incident-router.js'
import {
  type IncidentBody,
  incidentProblemSchema,
  incidentSchema,
  incidentsSchema,
} from '../snapshot-api/incidents/incident-schemas.js'

export type RemoteIncident = IncidentBody

/** Switches incidents of a simulation in another process. */
export interface IncidentClient {
  list(): Promise<readonly RemoteIncident[]>
  start(name: IncidentName, forMs: number | undefined): Promise<RemoteIncident>
  stop(name: IncidentName): Promise<RemoteIncident>
}

/** db-down waits until the history is written. */
const ANSWER_WITHIN_MS = 60_000

/** Rejections are QuantErrors: nobody answers, somebody else does, or the order was refused, with the reason. */
export function createIncidentClient(url: URL, signal: AbortSignal): IncidentClient {
  const at = url.origin

  async function ask<Body>(path: string, schema: z.ZodType<Body>, order?: object): Promise<Body> {
    const response = await fetch(`${at}${INCIDENTS_PATH}${path}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      ...(order === undefined ? {} : { method: 'POST', body: JSON.stringify(order) }),
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    }).catch((cause: unknown) => {
      throw new QuantError(
        'source_unreachable',
        `no simulation answers at ${at}: start quant-exporter demo, or give --url as it printed it at its start`,
        { cause },
      )
    })
    const text = await response.text()
    const body = jsonOrUndefined(text)
    if (!response.ok) throw refused(at, response.status, incidentProblemSchema.safeParse(body).data)
    const parsed = schema.safeParse(body)
    if (parsed.success) return parsed.data
    throw new QuantError(
      'source_answer_malformed',
      `${at} is not the address for incidents of a simulation: check --url`,
    )
  }

  return {
    list: async () => (await ask('', incidentsSchema)).incidents,
    start: (name, forMs) =>
      ask('/start', incidentSchema, { name, ...(forMs === undefined ? {} : { for_seconds: forMs / 1000 }) }),
    stop: (name) => ask('/stop', incidentSchema, { name }),
  }
}

function refused(at: string, status: number, problem: z.infer<typeof incidentProblemSchema> | undefined): QuantError {
  if (problem === undefined || status === 404) {
    return new QuantError('refused', `${at} is not the address for incidents of a simulation (${status}): check --url`)
  }
  const errors = (problem.errors ?? []).map(({ parameter, problem: text }) => `${parameter}: ${text}`)
  return new QuantError('refused', errors.length > 0 ? errors.join('; ') : problem.detail)
}
