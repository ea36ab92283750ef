import { type AlertQuery, SEVERITIES, type Severity } from '../domain/alerts.js'
import { parseCursor } from './alert-cursor.js'
import { parseInstant } from './instant-parameter.js'
import { type Complain, readParameters } from './parameters.js'
import { shorten } from './problem.js'
import type { Refusal } from './refusal.js'
import { parseName } from './snapshot-query.js'

export const ALERTS_PARAMETERS = [
  ...(['strategy_id', 'account', 'state', 'severity', 'policy'] as const),
  ...(['from', 'to', 'limit', 'cursor'] as const),
] as const

export const ALERT_STATES = ['open', 'resolved', 'all'] as const
export const DEFAULT_STATE = 'open'
export const DEFAULT_ALERTS = 100
export const MOST_ALERTS = 1_000

/** Reads the parameters of /alerts; what is malformed is told to the refusal. Without any it is all that are open. */
export function readAlertsQuery(target: string): { query: AlertQuery; refusal: Refusal } {
  const { refusal, read, isSound } = readParameters(target, ALERTS_PARAMETERS)
  const given = {
    strategyId: read('strategy_id', parseName),
    account: read('account', parseName),
    severity: read('severity', parseSeverity),
    policy: read('policy', parseName),
    from: read('from', parseInstant),
    to: read('to', parseInstant),
    after: read('cursor', (text, complain) => parseCursor(text) ?? complain('is not the next_cursor of a page')),
  }
  const { from, to } = given
  if (from !== undefined && to !== undefined && from >= to && isSound('from') && isSound('to'))
    refusal.malformed({ parameter: 'from', problem: 'is not before `to`' })
  return {
    query: {
      ...given,
      state: read('state', parseState) ?? DEFAULT_STATE,
      limit: read('limit', parseLimit) ?? DEFAULT_ALERTS,
    },
    refusal,
  }
}

function parseState(text: string, complain: Complain): AlertQuery['state'] | undefined {
  return ALERT_STATES.find((state) => state === text) ?? complain(`"${shorten(text)}" is no state`, ALERT_STATES)
}

function parseSeverity(text: string, complain: Complain): Severity | undefined {
  return SEVERITIES.find((severity) => severity === text) ?? complain(`"${shorten(text)}" is no severity`, SEVERITIES)
}

function parseLimit(text: string, complain: Complain): number | undefined {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MOST_ALERTS) return limit
  return complain(`"${shorten(text)}" is no limit`, [`a whole number from 1 to ${MOST_ALERTS}`])
}
