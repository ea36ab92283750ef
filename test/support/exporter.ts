import { readFileSync } from 'node:fs'
import { type App, startApp } from '../../src/app/app.js'
import { readConfig } from '../../src/config/config.js'
import type { FrameSet } from '../../src/domain/frame.js'
import type { SourceName } from '../../src/domain/ports.js'
import type { Clock, EpochMs } from '../../src/domain/time.js'
import type { Logger } from '../../src/lib/logger.js'
import type { SliceOptions } from '../../src/lib/slices.js'

export interface TestExporter extends App {
  /** Every line that was logged. */
  readonly log: readonly string[]
  /** Statements sent upstream, by source. */
  readonly statements: Record<SourceName, number>
}

/** The whole exporter, as `serve` starts it, on free ports and with a clock of the test's. */
export async function startExporter(
  environment: Readonly<Record<string, string>>,
  clock: Clock,
  {
    recordInto,
    random,
    onStatement,
    version = '0.0.0',
    slices,
  }: {
    readonly recordInto?: string
    readonly random?: () => number
    readonly onStatement?: () => void
    readonly version?: string
    readonly slices?: SliceOptions | undefined
  } = {},
): Promise<TestExporter> {
  const log: string[] = []
  const statements: Record<SourceName, number> = { postgres: 0, clickhouse: 0 }
  const write = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields ?? {})}`)
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  const config = readConfig({
    environment: { QUANT_LISTEN: '127.0.0.1:0', JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true', ...environment },
    readFile: (path) => readFileSync(path, 'utf8'),
    isTerminal: false,
  })
  const app = await startApp({
    config,
    clock,
    version,
    log: logger,
    recordInto,
    slices,
    ...(random === undefined ? {} : { random }),
    onStatement: (source) => {
      statements[source] += 1
      onStatement?.()
    },
  })
  return { ...app, log, statements }
}

/** A clock that stands still. */
export function standingClock(at: EpochMs): Clock {
  return { speed: 1, now: () => at }
}

/** On a machine with other things to do a cold engine may take longer for a history than a first frame waits. */
const TRIES = 3

/** The first frame of an exporter that looks at the data as of one moment. */
export async function framesAt(environment: Readonly<Record<string, string>>, at: EpochMs): Promise<FrameSet> {
  let log: readonly string[] = []
  for (let tries = 0; tries < TRIES; tries += 1) {
    const exporter = await startExporter(environment, standingClock(at))
    try {
      await exporter.firstFrame()
      log = exporter.log
      const frames = exporter.reader.frames()
      if (frames !== undefined && !log.some((line) => line.startsWith('source down'))) return frames
    } finally {
      await exporter.stop()
    }
  }
  throw new Error(`no whole frame: ${log.join('\n')}`)
}
