import type { Window } from '../../domain/window.js'
import { parseQuery } from '../query.js'
import { Refusal } from '../refusal.js'
import { type Complain, DEFAULT_WINDOW, parseName, parseWindow } from '../snapshot-query.js'
import type { StreamFilter } from './stream-filter.js'

const STREAM_PARAMETERS = ['strategy_id', 'account', 'window'] as const

/** Reads the parameters of /stream; what is malformed is told to the refusal. Without names it is all books. */
export function readStreamQuery(target: string): { filter: StreamFilter; refusal: Refusal } {
  const { values, problems } = parseQuery(target, STREAM_PARAMETERS)
  const refusal = new Refusal(problems)
  const read = <Value>(
    parameter: (typeof STREAM_PARAMETERS)[number],
    parse: (text: string, complain: Complain) => Value | undefined,
  ): Value | undefined => {
    const text = values.get(parameter)
    if (text === undefined) return undefined
    return parse(text, (problem, allowed) => {
      refusal.malformed({ parameter, problem, ...(allowed === undefined ? {} : { allowed }) })
      return undefined
    })
  }
  const window: Window = read('window', parseWindow) ?? DEFAULT_WINDOW
  return {
    filter: { strategyId: read('strategy_id', parseName), account: read('account', parseName), window },
    refusal,
  }
}
