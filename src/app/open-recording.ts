import { readdir } from 'node:fs/promises'
import type { Engine } from '../compute/engine.js'
import type { Config } from '../config/config.js'
import type { Clock, EpochMs } from '../domain/time.js'
import type { SelfMetrics } from '../exporter/self-metrics.js'
import { FactWriter } from '../fact-files/fact-writer.js'
import { describeError, type Logger } from '../lib/logger.js'
import { wallNow } from './clock.js'
import { KnownAt } from './known-at.js'
import { Recorder } from './recorder.js'

export interface Recording {
  readonly writer: FactWriter
  /** Whether the folder held recordings before. */
  readonly isContinued: boolean
}

/** Begins to record into a folder; what goes wrong later is told once and recording goes on when it can. */
export async function openRecording(folder: string, log: Logger): Promise<Recording> {
  const writer = await FactWriter.open({
    folder,
    wallNow,
    onTrouble: (error) => log.error('cannot record; what comes waits', { folder, error: describeError(error) }),
    onRecovery: () => log.info('recording again', { folder }),
  })
  log.info('recording', { folder })
  const recordings = (await readdir(folder)).filter((name) => /^facts-.*\.ndjson(\.gz)?$/.test(name))
  return { writer, isContinued: recordings.length > 1 }
}

export interface RecorderParts {
  readonly config: Config
  readonly clock: Clock
  readonly startAt: EpochMs
  readonly engine: Engine
  readonly selfMetrics: SelfMetrics
  readonly log: Logger
}

/** What writes down what an engine is told. The first fact that is lost is told, all are counted. */
export function createRecorder({ writer, isContinued }: Recording, parts: RecorderParts): Recorder {
  const { config, clock, startAt, engine, selfMetrics, log } = parts
  let isTold = false
  selfMetrics.expectRecording()
  return new Recorder({
    write: (line) => writer.add(line),
    clock,
    wallNow,
    knownAt: new KnownAt({ startAt, lightMs: config.periodsMs.light, heavyMs: config.periodsMs.heavy, isContinued }),
    keeps: (symbol) => engine.keeps(symbol),
    onDropped() {
      selfMetrics.recordDropped()
      if (!isTold) log.error('facts are not recorded: more waits for the disk than memory is kept for')
      isTold = true
    },
  })
}
