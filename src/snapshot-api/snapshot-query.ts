import { WINDOWS, type Window } from '../domain/window.js'
import { type Complain, readParameters } from './parameters.js'
import { shorten } from './problem.js'
import type { Refusal } from './refusal.js'

export const SNAPSHOT_PARAMETERS = ['strategy_id', 'account', 'window', 'metrics', 'adapter'] as const
/** What to do about a strategy that is not named. */
export const STRATEGIES_TELL = '/strategies lists the strategies there are'

const ALL_ADAPTERS = 'all'
export const DEFAULT_WINDOW: Window = '1d'
/** The longest name that a fact can carry. */
export const LONGEST_NAME = 256
export const LONGEST_METRIC_NAME = 64
const SPACE = 0x20
const DELETE = 0x7f

/** What /snapshot was asked, as far as it is well formed; whether the names exist is another question. */
interface SnapshotQuery {
  readonly strategyId: string | undefined
  readonly account: string | undefined
  readonly window: Window
  /** Undefined: all of them. */
  readonly metrics: readonly string[] | undefined
  /** Undefined: all of them together. */
  readonly adapter: string | undefined
}

/** Reads the parameters of /snapshot; what is malformed is told to the refusal and undefined in the answer. */
export function readSnapshotQuery(target: string, metricsAtMost: number): { query: SnapshotQuery; refusal: Refusal } {
  const { refusal, read, require } = readParameters(target, SNAPSHOT_PARAMETERS)
  require('strategy_id', STRATEGIES_TELL)
  return {
    query: {
      strategyId: read('strategy_id', parseName),
      account: read('account', parseName),
      window: read('window', parseWindow) ?? DEFAULT_WINDOW,
      adapter: adapterOf(read('adapter', parseName)),
      metrics: read('metrics', (text, complain) => parseMetrics(text, metricsAtMost, complain)),
    },
    refusal,
  }
}

/** `all` is what one gets without asking. */
function adapterOf(text: string | undefined): string | undefined {
  return text === ALL_ADAPTERS ? undefined : text
}

export function parseName(text: string, complain: Complain): string | undefined {
  const problem = problemWithName(text, LONGEST_NAME)
  return problem === undefined ? text : complain(problem)
}

export function parseWindow(text: string, complain: Complain): Window | undefined {
  return WINDOWS.find((window) => window === text) ?? complain(`no window is called "${shorten(text)}"`, WINDOWS)
}

export function parseMetricName(text: string, complain: Complain): string | undefined {
  const problem = problemWithName(text, LONGEST_METRIC_NAME)
  return problem === undefined ? text : complain(problem)
}

export function parseMetrics(text: string, atMost: number, complain: Complain): readonly string[] | undefined {
  const names = text.split(',')
  const distinct = [...new Set(names)]
  if (distinct.length > atMost) return complain(`names ${distinct.length} metrics, there are ${atMost}`)
  const problem = distinct
    .map((name) => problemWithName(name, LONGEST_METRIC_NAME))
    .find((found) => found !== undefined)
  if (problem !== undefined) return complain(`a comma-separated list of metric names: one of them ${problem}`)
  const repeated = distinct.filter((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (repeated.length > 0) return complain(`names ${repeated.map((name) => `"${name}"`).join(', ')} more than once`)
  return names
}

function problemWithName(text: string, longest: number): string | undefined {
  if (text === '') return 'is empty'
  if (text.length > longest) return `is longer than ${longest} characters`
  return [...text].some(isControl) ? 'contains control characters' : undefined
}

function isControl(character: string): boolean {
  const code = character.charCodeAt(0)
  return code < SPACE || code === DELETE
}
