import type { RequestHandler } from 'express'
import type { FrameReader } from '../domain/ports.js'
import { HttpProblem } from './problem.js'

const RETRY_WARMING_UP_SECONDS = 2
/** Somebody must change a setting first. */
const RETRY_DISABLED_SECONDS = 60

export interface Switches {
  /** The environment variable that turns the whole control plane on. */
  readonly enabledVariable: string
  readonly apiEnabled: boolean
  /** The environment variable behind `apiEnabled`. */
  readonly apiEnabledVariable: string
}

/** Names the variable that turns the API on where it is off; undefined where it is on. */
export function missingSwitch(reader: FrameReader, switches: Switches): string | undefined {
  if (reader.state() === 'disabled') return switches.enabledVariable
  return switches.apiEnabled ? undefined : switches.apiEnabledVariable
}

export function requireEnabled(reader: FrameReader, switches: Switches): RequestHandler {
  return (_request, _response, next) => {
    const variable = missingSwitch(reader, switches)
    if (variable === undefined) next()
    else {
      throw new HttpProblem('not-ready', {
        detail: `turned off: start the exporter with ${variable}=true`,
        reason: 'disabled',
        headers: { 'Retry-After': String(RETRY_DISABLED_SECONDS) },
      })
    }
  }
}

/** The answer until the first frame is out. */
export function warmingUp(): HttpProblem {
  return new HttpProblem('not-ready', {
    detail: 'the history is being read, the first frame is not out yet; /health tells how far it is',
    reason: 'warming_up',
    headers: { 'Retry-After': String(RETRY_WARMING_UP_SECONDS) },
  })
}
