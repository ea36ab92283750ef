import { createLogger, describeError, type LogFormat, type LogLevel } from '../../../src/lib/logger.js'

function linesOf(level: LogLevel, format: LogFormat): string[] {
  const lines: string[] = []
  const log = createLogger({
    level,
    format,
    write: (line) => void lines.push(line),
    now: () => new Date('2026-11-20T19:30:00.000Z'),
  })
  log.debug('seen', { n: 1 })
  log.info('source up', { source: 'postgres', note: undefined })
  log.error('source down', { source: 'postgres', code: 'source_timeout' })
  return lines
}

describe('the log', () => {
  test('writes one JSON object a line for machines', () => {
    expect(linesOf('info', 'json')).toEqual([
      '{"time":"2026-11-20T19:30:00.000Z","level":"info","message":"source up","source":"postgres"}',
      '{"time":"2026-11-20T19:30:00.000Z","level":"error","message":"source down","source":"postgres","code":"source_timeout"}',
    ])
  })

  test('writes lines for people', () => {
    expect(linesOf('debug', 'pretty')).toEqual([
      '19:30:00 DEBUG seen n=1',
      '19:30:00 INFO  source up source=postgres',
      '19:30:00 ERROR source down source=postgres code=source_timeout',
    ])
  })

  test('leaves out what is below its level', () => {
    expect(linesOf('error', 'json')).toHaveLength(1)
  })

  test('describes an error with its causes', () => {
    const refused = new AggregateError([
      new Error('connect ECONNREFUSED ::1'),
      new Error('connect ECONNREFUSED 127.0.0.1'),
    ])
    expect(describeError(new Error('postgres cannot be reached', { cause: refused }))).toBe(
      'postgres cannot be reached: connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1',
    )
    expect(describeError('plain')).toBe('plain')
  })
})
