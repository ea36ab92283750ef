import type { RequestHandler } from 'express'
import type { ApiOptions } from '../api-options.js'
import { warmingUp } from '../availability.js'
import { isoOrNull } from '../iso-or-null.js'
import { parseQuery } from '../query.js'
import { Refusal } from '../refusal.js'
import { sendJson } from '../responses.js'
import type { StrategiesBody } from '../schemas.js'

/** `GET /strategies`: what can be asked for, with the accounts of each strategy. */
export function strategiesRoute({ reader }: ApiOptions): RequestHandler {
  return (request, response) => {
    new Refusal(parseQuery(request.url, []).problems).throwIfAny()
    if (reader.frames() === undefined) throw warmingUp()
    const body: StrategiesBody = {
      strategies: reader.strategies().map((strategy) => ({
        strategy_id: strategy.strategyId,
        name: strategy.name,
        enabled: strategy.enabled,
        calendar: strategy.calendar,
        accounts: [...strategy.accounts],
        first_fact_at: isoOrNull(strategy.firstFactAt),
        last_fact_at: isoOrNull(strategy.lastFactAt),
      })),
    }
    sendJson(response, body)
  }
}
