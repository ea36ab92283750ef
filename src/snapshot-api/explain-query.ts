import type { Window } from '../domain/window.js'
import { readParameters } from './parameters.js'
import type { Refusal } from './refusal.js'
import { DEFAULT_WINDOW, parseMetricName, parseName, parseWindow, STRATEGIES_TELL } from './snapshot-query.js'

export const EXPLAIN_PARAMETERS = ['strategy_id', 'account', 'window', 'metric_name'] as const

/** What /explain was asked, as far as it is well formed. */
interface ExplainQuery {
  readonly strategyId: string | undefined
  readonly account: string | undefined
  readonly window: Window
  readonly metric: string | undefined
}

export function readExplainQuery(target: string): { query: ExplainQuery; refusal: Refusal } {
  const { refusal, read, require } = readParameters(target, EXPLAIN_PARAMETERS)
  require('strategy_id', STRATEGIES_TELL)
  require('metric_name', 'the name of one metric, as /snapshot has it')
  return {
    query: {
      strategyId: read('strategy_id', parseName),
      account: read('account', parseName),
      window: read('window', parseWindow) ?? DEFAULT_WINDOW,
      metric: read('metric_name', parseMetricName),
    },
    refusal,
  }
}
