import type { Config } from '../config/config.js'
import { createLogger, type Logger } from '../lib/logger.js'
import type { Terminal } from './terminal.js'

/** The log of a command: on the error stream, in the form that the configuration asks for. */
export function createLog(
  { log }: Pick<Config, 'log'>,
  terminal: Terminal,
  beforeLine: () => void = () => undefined,
): Logger {
  return createLogger({
    ...log,
    now: () => new Date(),
    write: (line) => {
      beforeLine()
      terminal.err(`${line}\n`)
    },
  })
}
