import { readParameters } from './parameters.js'
import type { Refusal } from './refusal.js'
import { parseName, STRATEGIES_TELL } from './snapshot-query.js'

export const GATE_PARAMETERS = ['strategy_id', 'account'] as const

/** What /gate was asked, as far as it is well formed. */
interface GateQuery {
  readonly strategyId: string | undefined
  readonly account: string | undefined
}

export function readGateQuery(target: string): { query: GateQuery; refusal: Refusal } {
  const { refusal, read, require } = readParameters(target, GATE_PARAMETERS)
  require('strategy_id', STRATEGIES_TELL)
  return { query: { strategyId: read('strategy_id', parseName), account: read('account', parseName) }, refusal }
}
