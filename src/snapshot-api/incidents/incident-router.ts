import { type RequestHandler, Router } from 'express'
import { INCIDENT_SUMMARIES, type IncidentControl, type IncidentState } from '../../domain/incident.js'
import { toIso } from '../../domain/time.js'
import { HttpProblem } from '../problem.js'
import { acceptsJson, loopbackHostOnly } from '../request-rules.js'
import { sendJson } from '../responses.js'
import { readOrder } from './incident-order.js'
import type { IncidentBody, IncidentsBody } from './incident-schemas.js'

export const INCIDENTS_PATH = '/incidents'

export interface IncidentRouterOptions {
  readonly control: IncidentControl
  readonly nearNames: (name: string, candidates: Iterable<string>) => readonly string[]
}

/**
 * Switches incidents of a simulation: GET lists them, POST …/start and …/stop with a JSON body change one.
 *
 * For a listener of its own on loopback: what is served beside it stays read-only. It believes nobody but programs of
 * this machine: Host must be loopback, and a body must say that it is JSON, which a page of somebody else cannot without
 * asking first. Needs the surroundings of `createHttpApp`.
 */
export function createIncidentRouter(options: IncidentRouterOptions): Router {
  const { control, nearNames } = options
  const { names } = control
  const router = Router({ caseSensitive: true, strict: true })
  router.use(loopbackHostOnly(true))
  router.all(INCIDENTS_PATH, only('GET', 'HEAD'), acceptsJson, (_request, response) => {
    const body: IncidentsBody = { incidents: control.list().map(bodyOf) }
    sendJson(response, body)
  })
  router.all(`${INCIDENTS_PATH}/start`, only('POST'), acceptsJson, async (request, response) => {
    const { name, forSeconds } = await readOrder(request, { names, nearNames, mayLast: true })
    sendJson(response, bodyOf(await control.start(name, forSeconds === undefined ? undefined : forSeconds * 1000)))
  })
  router.all(`${INCIDENTS_PATH}/stop`, only('POST'), acceptsJson, async (request, response) => {
    const { name } = await readOrder(request, { names, nearNames, mayLast: false })
    sendJson(response, bodyOf(await control.stop(name)))
  })
  return router
}

function bodyOf({ name, isOn, since, until }: IncidentState): IncidentBody {
  return {
    name,
    state: isOn ? 'on' : 'off',
    ...(since === undefined ? {} : { since: toIso(since) }),
    ...(until === undefined ? {} : { until: toIso(until) }),
    summary: INCIDENT_SUMMARIES[name],
  }
}

function only(...methods: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    if (methods.includes(request.method)) next()
    else {
      throw new HttpProblem('method-not-allowed', {
        detail: `${request.method} is not served here: use ${methods.join(' or ')}`,
        headers: { Allow: methods.join(', ') },
      })
    }
  }
}
