import type { RequestHandler } from 'express'
import type { ApiOptions } from '../api-options.js'
import { warmingUp } from '../availability.js'
import { readExplainQuery } from '../explain-query.js'
import { explanationBody } from '../explanation-body.js'
import { findBook } from '../find-book.js'
import { sendJson } from '../responses.js'
import type { ExplainBody } from '../schemas.js'
import { Turns } from '../turns.js'
import { knownMetrics } from './snapshot.js'

const AT_MOST = 2
const PATIENCE_MS = 2_000

/** `GET /explain`: how one number of the latest frame came about, derived anew from the facts in memory. */
export function explainRoute(options: ApiOptions): RequestHandler {
  const { reader, betweenTicks, explain, dictionary, calendars, nearNames } = options
  const turns = new Turns({ atMost: AT_MOST, patienceMs: PATIENCE_MS, monotonicNow: () => performance.now() })

  /** The answer from the frame that is the latest now; undefined without `derive`, when only the question is judged. */
  const answer = (url: string, { derive }: { derive: boolean }): ExplainBody | undefined => {
    const { query, refusal } = readExplainQuery(url)
    const set = reader.frames()
    if (set === undefined) {
      refusal.throwIfAny()
      throw warmingUp()
    }
    const { strategyId, account, window, metric } = query
    const known = { frames: set, strategies: reader.strategies(), nearNames }
    const frame = strategyId === undefined ? undefined : findBook({ strategyId, account }, known, refusal)
    if (metric !== undefined) knownMetrics([metric], { dictionary, nearNames }, refusal, 'metric_name')
    refusal.throwIfAny()
    if (frame === undefined || metric === undefined) throw new Error('a book was neither found nor refused')
    if (!derive) return undefined
    const explanation = explain({ strategyId: frame.book.strategyId, account: frame.book.account, window, metric })
    if (explanation === undefined) throw new Error('a book of the frame has no explanation')
    return { ...explanationBody(explanation, { set, calendars }), frame_seq: explanation.frame.seq }
  }

  return async (request, response) => {
    // What is refused takes no turn; what is explained is the frame of the turn, not of the request.
    answer(request.url, { derive: false })
    const body = await turns.take(() => betweenTicks(() => answer(request.url, { derive: true })))
    sendJson(response, body ?? {})
  }
}
