import type { RequestHandler } from 'express'
import { mergeAlertPages } from '../../domain/alert-page.js'
import type { AlertBoard, AlertPage, AlertQuery } from '../../domain/alerts.js'
import { QuantError } from '../../domain/errors.js'
import type { StoredReader } from '../../domain/ports.js'
import { alertBody } from '../alert-body.js'
import { formatCursor } from '../alert-cursor.js'
import { readAlertsQuery } from '../alerts-query.js'
import type { ApiOptions } from '../api-options.js'
import { warmingUp } from '../availability.js'
import { checkNames } from '../find-book.js'
import { HttpProblem } from '../problem.js'
import { sendJson } from '../responses.js'
import type { AlertsBody } from '../schemas.js'
import type { ShardRouting } from '../shards/shard-routing.js'

const RETRY_SECONDS = 5

/** `GET /alerts`: episodes of breach, newest first. */
export function alertsRoute({ reader, stored, alerts, nearNames, shards }: ApiOptions): RequestHandler {
  return async (request, response) => {
    const { query, refusal } = readAlertsQuery(request.url)
    const frames = reader.frames()
    if (frames !== undefined) checkNames(query, { frames, strategies: reader.strategies(), nearNames }, refusal)
    refusal.throwIfAny()
    const board = frames === undefined ? undefined : alerts
    const page = await find(query, { board, stored, isAllKnown: isAllKnown(query, shards) })
    const body: AlertsBody = {
      alerts: page.alerts.map(alertBody),
      next_cursor: page.next === undefined ? null : formatCursor(page.next),
      shadow: alerts.isShadow,
    }
    sendJson(response, body)
  }
}

interface Known {
  readonly board: AlertBoard | undefined
  readonly stored: StoredReader | undefined
  /** Whether what is asked for is of books that this process judges. */
  readonly isAllKnown: boolean
}

/** Each shard judges its own books: of others only the store tells. */
function isAllKnown({ strategyId, account }: AlertQuery, shards: ShardRouting | undefined): boolean {
  if (shards === undefined) return true
  return strategyId !== undefined && account !== undefined && shards.ownership.owns({ strategyId, account })
}

/**
 * What is open is known here, whatever the store does, as far as it is judged here; the rest, and what is over, by the
 * store where there is one. A store that was down writes what it missed some seconds after it answers again: until then
 * what is known here is told beside it. Before the first frame nothing is known here.
 */
async function find(query: AlertQuery, { board, stored, isAllKnown }: Known): Promise<AlertPage> {
  if (board !== undefined && (stored === undefined || (isAllKnown && query.state === 'open'))) return board.find(query)
  if (stored === undefined) throw warmingUp()
  try {
    const page = await stored.alerts(query)
    return board === undefined ? page : mergeAlertPages(board.find(query), page, query)
  } catch (error) {
    if (!(error instanceof QuantError)) throw error
    throw board === undefined ? warmingUp() : unavailable(error)
  }
}

/** Clients see the code, operators the cause: what is wrong with the store is its stage's in /health. */
function unavailable({ code }: QuantError): HttpProblem {
  return new HttpProblem('store-unavailable', {
    detail: `the store of alerts does not answer (${code}); /health has its stage materialize:latest, and state=open is answered without it`,
    headers: { 'Retry-After': String(RETRY_SECONDS) },
  })
}
