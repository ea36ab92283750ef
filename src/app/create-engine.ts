import { randomBytes } from 'node:crypto'
import { ACCOUNT_DICTIONARY } from '../compute/account-dictionary.js'
import { DICTIONARY } from '../compute/dictionary.js'
import { Engine } from '../compute/engine.js'
import { benchmarkOf, calendarOf, capitalShareOf, moneyDecimalsOf } from '../config/book-settings.js'
import type { Config } from '../config/config.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { Shard } from '../domain/shards.js'
import type { EpochMs } from '../domain/time.js'
import type { Logger } from '../lib/logger.js'
import { wallNow } from './clock.js'
import { createMetricErrorLog } from './repeated-log.js'

export interface EngineParts {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly startAt: EpochMs
  readonly clockSpeed: number
  readonly feedsConfigured: boolean
  /** Absent: all books. Recordings and replays are of all of them. */
  readonly shard?: Shard
  readonly log: Pick<Logger, 'error'>
}

/** The one way from a configuration to an engine, so that a replay computes what the live process computes. */
export function createEngine(config: Config, parts: EngineParts): Engine {
  const { calendars, startAt, clockSpeed, feedsConfigured, shard, log } = parts
  return new Engine({
    dictionary: DICTIONARY,
    accountDictionary: ACCOUNT_DICTIONARY,
    settings: {
      calendars,
      periodsMs: config.periodsMs,
      sessionRollMs: config.sessionRollMs,
      markMaxAgeMs: config.markMaxAgeMs,
      capitalShareOf: (strategyId) => capitalShareOf(config.file, strategyId),
      feeRules: config.file.costSchedule,
      benchmarkOf: (strategyId, told) => benchmarkOf(config.file, strategyId, told),
      returnRules: config.file.returnRules,
      maxStalenessMs: config.maxStalenessMs,
      clockSpeed,
    },
    startAt,
    epoch: randomBytes(6).toString('hex'),
    feedsConfigured,
    calendarOf: (strategyId) => calendarOf(config.file, strategyId),
    moneyDecimalsOf: (strategyId, calendar) => moneyDecimalsOf(config.file, strategyId, calendar),
    instruments: config.file.instruments,
    ...(shard === undefined ? {} : { shard }),
    onMetricError: createMetricErrorLog(log, wallNow),
  })
}
