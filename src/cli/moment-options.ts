import type { Moment } from '../app/demo.js'
import { numberOption, timeOption } from './arguments.js'
import type { Command, CommandContext } from './command.js'

/** Options of the commands that simulate: when, how fast, with which seed. */
export const MOMENT_OPTIONS = {
  seed: { type: 'string' },
  at: { type: 'string' },
  now: { type: 'boolean' },
  speed: { type: 'string' },
  sessions: { type: 'string' },
} as const satisfies Command['options']

export const MOMENT_HELP = {
  seed: 'which market and which traders; the same seed and moment give the same rows (1)',
  at: 'start as if it were this moment, such as 2026-11-20T15:30:00Z',
  now: 'start now even while the exchange is closed; else a closed market starts inside its last session',
  speed: 'seconds that pass in one (1; up to 600)',
  sessions: 'trading days of history to write first (25)',
} as const

export function momentOf(values: CommandContext['values']): { moment: Moment; seed: number; sessions: number } {
  return {
    moment: {
      at: timeOption('at', values.at),
      now: values.now === true,
      speed: numberOption('speed', values.speed, 1, { min: 0.1, max: 600 }),
    },
    seed: numberOption('seed', values.seed, 1, { min: 0, max: 2 ** 31, integer: true }),
    sessions: numberOption('sessions', values.sessions, 25, { min: 1, max: 60, integer: true }),
  }
}
