import type { Config } from '../config/config.js'
import type { AlertBoard, AlertEpisode } from '../domain/alerts.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { FrameSet } from '../domain/frame.js'
import type { MetricDescription } from '../domain/metric.js'
import type { FrameReader, StageHealth } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import type { SelfMetrics } from '../exporter/self-metrics.js'
import { describeError, type Logger } from '../lib/logger.js'
import { StreamHub } from '../snapshot-api/stream/stream-hub.js'
import { monotonicMs } from './clock.js'
import { StageStatus } from './stage-status.js'

export const STREAM_STAGE = 'stream'

export interface Stream {
  readonly hub: StreamHub
  /** Hands on a set of frames. Never throws: a stream in trouble is no trouble of ticks. */
  publish(frames: FrameSet): void
  /** Hands on an episode that has opened or is over. Never throws. */
  publishAlert(episode: AlertEpisode): void
  health(now: EpochMs): StageHealth
}

export interface AppStreamOptions {
  readonly config: Config
  readonly reader: FrameReader
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly selfMetrics: SelfMetrics
  readonly alerts: AlertBoard
  readonly speed: number
  readonly random: () => number
  readonly log: Logger
}

/** The stream of the API; undefined where the API is off. */
export function createStream(options: AppStreamOptions): Stream | undefined {
  const { config, reader, dictionary, calendars, alerts, selfMetrics, speed, random, log } = options
  if (!config.isApiEnabled) return undefined
  const { heartbeatMs, maxBufferBytes, maxClients, maxClientsAnAddress } = config.stream
  const stage = new StageStatus(STREAM_STAGE, config.periodsMs.light * speed)
  const hub = new StreamHub({
    ...{ reader, dictionary, calendars, alerts, heartbeatMs, maxBufferBytes, maxClients, maxClientsAnAddress, random },
    observer: selfMetrics.expectStream(),
    nowMs: monotonicMs,
  })
  const failed = (error: unknown, what: string) => {
    if (stage.failed(reader.now(), 'internal_error')) log.error(`${what} not streamed`, { error: describeError(error) })
  }
  return {
    hub,
    publish(frames) {
      try {
        hub.publish(frames)
        stage.succeeded(frames.stamp.at)
      } catch (error) {
        failed(error, 'frames were')
      }
    },
    publishAlert(episode) {
      try {
        hub.publishAlert(episode)
      } catch (error) {
        failed(error, 'an alert was')
      }
    },
    health: (now) => stage.health(now, config.maxStalenessMs * speed, null),
  }
}
