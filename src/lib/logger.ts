export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export const LOG_FORMATS = ['json', 'pretty'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** One line a change of state; never a row, a DSN or a secret. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export interface LoggerOptions {
  readonly level: LogLevel
  readonly format: LogFormat
  readonly write: (line: string) => void
  readonly now: () => Date
}

/** A logger that writes JSON lines, or lines for people. */
export function createLogger({ level, format, write, now }: LoggerOptions): Logger {
  const log =
    (at: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(at) < LOG_LEVELS.indexOf(level)) return
      const time = now().toISOString()
      write(
        format === 'json' ? JSON.stringify({ time, level: at, message, ...fields }) : pretty(time, at, message, fields),
      )
    }
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

function pretty(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${String(value)}`)
  return [time.slice(11, 19), level.toUpperCase().padEnd(5), message, ...details].join(' ')
}

/** The message of whatever was thrown, with its causes, for operators. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const nested = error instanceof AggregateError ? error.errors.map(describeError).join('; ') : ''
  const own = error.message || nested || error.name
  return error.cause === undefined ? own : `${own}: ${describeError(error.cause)}`
}
