// The core as the product makes it with its defaults, without feeds.
import { ACCOUNT_DICTIONARY } from '../../dist/compute/account-dictionary.js'
import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { Engine } from '../../dist/compute/engine.js'
import { createCalendars } from '../../dist/domain/calendars.js'
import { DEFAULT_RETURN_RULES } from '../../dist/domain/return-rules.js'

export const CALENDARS = createCalendars()

/** All books, or those of one shard. */
export function createBenchEngine(startAt, shard = { index: 0, count: 1 }) {
  return new Engine({
    dictionary: DICTIONARY,
    accountDictionary: ACCOUNT_DICTIONARY,
    settings: {
      calendars: CALENDARS,
      periodsMs: { light: 1000, medium: 5000, heavy: 30_000 },
      sessionRollMs: 300_000,
      markMaxAgeMs: 120_000,
      maxStalenessMs: 15_000,
      capitalShareOf: () => undefined,
      feeRules: [],
      benchmarkOf: () => undefined,
      returnRules: DEFAULT_RETURN_RULES,
      clockSpeed: 1,
    },
    ...{ startAt, shard },
    epoch: 'bench',
    feedsConfigured: true,
    calendarOf: () => undefined,
    moneyDecimalsOf: () => 2,
    instruments: [],
    onMetricError: (metric, error) => {
      throw new Error(`${metric} failed`, { cause: error })
    },
  })
}
