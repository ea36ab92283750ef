import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { QuantityE9 } from '../domain/exact.js'
import type { FeeRule } from '../domain/fee-schedule.js'
import type { Tier } from '../domain/metric.js'
import type { ReturnRules } from '../domain/return-rules.js'

/** What the core must be told; all of it is configuration, nothing is read from the surroundings. */
export interface ComputeSettings {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly periodsMs: Readonly<Record<Tier, number>>
  readonly sessionRollMs: number
  readonly markMaxAgeMs: number
  /** The part of an account's equity that configuration gives a strategy, scaled like a quantity. */
  readonly capitalShareOf: (strategyId: string) => QuantityE9 | undefined
  /** The symbol that a strategy's returns are held against; `told` is what the facts say. */
  readonly benchmarkOf: (strategyId: string, told: string | undefined) => string | undefined
  readonly returnRules: ReturnRules
  /** What orders cost where neither their records nor the broker say. */
  readonly feeRules: readonly FeeRule[]
  /** How old the last complete read of a source may be before what rests on it is stale. */
  readonly maxStalenessMs: number
  /** Milliseconds of T per real millisecond: polls and ticks come in real time, ages are of T. */
  readonly clockSpeed: number
}
