import { canonicalSymbol } from '../domain/book.js'
import type { CalendarName } from '../domain/calendar.js'
import { parseScaled, QUANTITY_DIGITS, type QuantityE9 } from '../domain/exact.js'
import type { ExportRule } from '../domain/export-rule.js'
import { type InstrumentFact, instrumentFact } from '../domain/facts.js'
import type { FeeRule } from '../domain/fee-schedule.js'
import { DEFAULT_RETURN_RULES, type ReturnRules } from '../domain/return-rules.js'
import type { XnysExceptions } from '../domain/xnys-exceptions.js'
import type { PolicySettings } from '../policy/limits.js'
import { toFeeRules } from './cost-schedule.js'
import { toFilePolicy } from './policy.js'
import { type QuantConfigYaml, toXnysExceptions } from './quant-config-schema.js'
import { parseQuantConfigYaml } from './quant-config-yaml.js'

export interface StrategySettings {
  readonly calendar: CalendarName | undefined
  readonly moneyDecimals: number | undefined
  /** Scaled like a quantity. */
  readonly capitalShare: QuantityE9 | undefined
  readonly benchmark: string | undefined
  /** Undefined: all of it. */
  readonly exported: ExportRule | undefined
}

/** What QUANT_CONFIG says; without a file everything is empty. */
export interface QuantConfigFile {
  readonly moneyDecimals: number | undefined
  /** Of every strategy that has no other. */
  readonly benchmark: string | undefined
  readonly returnRules: ReturnRules
  readonly strategies: ReadonlyMap<string, StrategySettings>
  readonly instruments: readonly InstrumentFact[]
  /** What orders cost where neither their records nor the broker's activities say so. */
  readonly costSchedule: readonly FeeRule[]
  readonly xnysExceptions: XnysExceptions
  /** Limits of alerts; the environment has some of its own. */
  readonly policy: Omit<PolicySettings, 'environment'>
  /** The keys as written, for printing. */
  readonly written: QuantConfigYaml
  /** All of it, as it was read. */
  readonly text: string
}

export const EMPTY_QUANT_CONFIG: QuantConfigFile = {
  moneyDecimals: undefined,
  benchmark: undefined,
  returnRules: DEFAULT_RETURN_RULES,
  strategies: new Map(),
  instruments: [],
  costSchedule: [],
  xnysExceptions: {},
  policy: toFilePolicy({}),
  written: {},
  text: '',
}

/**
 * Parses the text of a QUANT_CONFIG file; an empty one is one without keys.
 *
 * Everything that is wrong is added to the problems, each as a line that begins with the place in the file; the result
 * is then not to be used.
 */
export function parseQuantConfig(text: string, problems: string[]): QuantConfigFile {
  const written = parseQuantConfigYaml(text, problems)
  if (written === undefined) return EMPTY_QUANT_CONFIG
  const { strategies = {}, instruments = {} } = written
  return {
    moneyDecimals: written.money_decimals,
    benchmark: written.benchmark === undefined ? undefined : canonicalSymbol(written.benchmark),
    returnRules: {
      riskFreeAnnual: written.risk_free_rate ?? DEFAULT_RETURN_RULES.riskFreeAnnual,
      marPerPeriod: written.minimum_acceptable_return ?? DEFAULT_RETURN_RULES.marPerPeriod,
      minimumObservations: written.minimum_observations ?? DEFAULT_RETURN_RULES.minimumObservations,
    },
    strategies: new Map(
      Object.entries(strategies).map(
        ([strategyId, { calendar, money_decimals, capital_share, benchmark, windows, groups }]) => [
          strategyId,
          {
            calendar,
            moneyDecimals: money_decimals,
            capitalShare: capital_share === undefined ? undefined : parseScaled(capital_share, QUANTITY_DIGITS),
            benchmark: benchmark === undefined ? undefined : canonicalSymbol(benchmark),
            exported: windows === undefined && groups === undefined ? undefined : { windows, groups },
          },
        ],
      ),
    ),
    instruments: Object.entries(instruments).map(([symbol, keys]) =>
      instrumentFact.parse({ fact: 'instrument', at: 0, symbol, ...keys }),
    ),
    costSchedule: toFeeRules(written.cost_schedule),
    xnysExceptions: toXnysExceptions(written.calendars?.XNYS),
    policy: toFilePolicy(written),
    written,
    text,
  }
}
