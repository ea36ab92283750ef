import type { RequestHandler } from 'express'
import { QuantError } from '../../domain/errors.js'
import type { StoredReader, StrategySummary } from '../../domain/ports.js'
import type { ApiOptions } from '../api-options.js'
import { warmingUp } from '../availability.js'
import { isoOrNull } from '../iso-or-null.js'
import { parseQuery } from '../query.js'
import { Refusal } from '../refusal.js'
import { sendJson } from '../responses.js'
import type { StrategiesBody } from '../schemas.js'

/**
 * `GET /strategies`: what can be asked for, with the accounts of each strategy; while warming up as the store, where there
 * is one, remembers them.
 */
export function strategiesRoute({ reader, stored }: ApiOptions): RequestHandler {
  return async (request, response) => {
    new Refusal(parseQuery(request.url, []).problems).throwIfAny()
    const strategies = reader.frames() === undefined ? await remembered(stored) : reader.strategies()
    const body: StrategiesBody = {
      strategies: strategies.map((strategy) => ({
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

/** A store that cannot be read knows no more than a process that warms up. */
async function remembered(stored: StoredReader | undefined): Promise<readonly StrategySummary[]> {
  if (stored === undefined) throw warmingUp()
  try {
    return await stored.strategies()
  } catch (error) {
    if (error instanceof QuantError) throw warmingUp()
    throw error
  }
}
