import { readParameters } from '../parameters.js'
import type { Refusal } from '../refusal.js'
import { DEFAULT_WINDOW, parseName, parseWindow } from '../snapshot-query.js'
import type { StreamFilter } from './stream-filter.js'

export const STREAM_PARAMETERS = ['strategy_id', 'account', 'window'] as const

/** Reads the parameters of /stream; what is malformed is told to the refusal. Without names it is all books. */
export function readStreamQuery(target: string): { filter: StreamFilter; refusal: Refusal } {
  const { refusal, read } = readParameters(target, STREAM_PARAMETERS)
  const strategyId = read('strategy_id', parseName)
  const account = read('account', parseName)
  return { filter: { strategyId, account, window: read('window', parseWindow) ?? DEFAULT_WINDOW }, refusal }
}
