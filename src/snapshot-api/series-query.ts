import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../domain/time.js'
import type { Window } from '../domain/window.js'
import { parseInstant } from './instant-parameter.js'
import { type Complain, readParameters } from './parameters.js'
import { shorten } from './problem.js'
import type { Refusal } from './refusal.js'
import { DEFAULT_WINDOW, parseMetrics, parseName, parseWindow, STRATEGIES_TELL } from './snapshot-query.js'

export const SERIES_PARAMETERS = ['strategy_id', 'account', 'metrics', 'window', 'from', 'to', 'step'] as const

/** What /series was asked, as far as it is well formed. */
export interface SeriesRequest {
  readonly strategyId: string | undefined
  readonly account: string | undefined
  readonly metrics: readonly string[] | undefined
  readonly window: Window
  readonly from: EpochMs
  readonly to: EpochMs
  /** Undefined: as the range suggests. */
  readonly stepMs: number | undefined
}

/** How far `from` lies before `to` where it is not given: the window's length, its sessions taken for days. */
const WINDOW_MS: Readonly<Record<Window, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '1d': DAY_MS,
  '5d': 5 * DAY_MS,
  '20d': 20 * DAY_MS,
}

/** Reads the parameters of /series; what is malformed is told to the refusal. `to` is now where it is not given. */
export function readSeriesQuery(
  target: string,
  metricsAtMost: number,
  now: EpochMs,
): { query: SeriesRequest; refusal: Refusal } {
  const { refusal, read, require, isSound } = readParameters(target, SERIES_PARAMETERS)
  require('strategy_id', STRATEGIES_TELL)
  require('metrics', 'a comma-separated list of metric names')
  const window = read('window', parseWindow) ?? DEFAULT_WINDOW
  const to = read('to', parseInstant) ?? now
  const from = read('from', parseInstant) ?? to - WINDOW_MS[window]
  if (from >= to && isSound('from') && isSound('to'))
    refusal.malformed({ parameter: 'from', problem: 'is not before `to`, which is now unless it is given' })
  return {
    query: {
      strategyId: read('strategy_id', parseName),
      account: read('account', parseName),
      metrics: read('metrics', (text, complain) => parseMetrics(text, metricsAtMost, complain)),
      ...{ window, from, to },
      stepMs: read('step', parseStep),
    },
    refusal,
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

function parseStep(text: string, complain: Complain): number | undefined {
  const [, count = '', unit = 's'] = /^(\d{1,8})([smhd])?$/.exec(text) ?? []
  const stepMs = Number(count) * (UNIT_MS[unit] ?? 0)
  if (count !== '' && stepMs > 0 && stepMs <= 366 * DAY_MS) return stepMs
  return complain(`"${shorten(text)}" is no step`, [
    'whole seconds, such as 60',
    'with a unit: 30s, 5m, 1h, 1d',
    'at most 366d',
  ])
}
