import type { CalendarName } from '../domain/calendar.js'
import { parseScaled, QUANTITY_DIGITS, type QuantityE9 } from '../domain/exact.js'
import { type InstrumentFact, instrumentFact } from '../domain/facts.js'
import type { FeeRule } from '../domain/fee-schedule.js'
import type { XnysExceptions } from '../domain/xnys-exceptions.js'
import { toFeeRules } from './cost-schedule.js'
import { type QuantConfigYaml, toXnysExceptions } from './quant-config-schema.js'
import { parseQuantConfigYaml } from './quant-config-yaml.js'

export interface StrategySettings {
  readonly calendar: CalendarName | undefined
  readonly moneyDecimals: number | undefined
  /** Scaled like a quantity. */
  readonly capitalShare: QuantityE9 | undefined
}

/** What QUANT_CONFIG says; without a file everything is empty. */
export interface QuantConfigFile {
  readonly moneyDecimals: number | undefined
  readonly strategies: ReadonlyMap<string, StrategySettings>
  readonly instruments: readonly InstrumentFact[]
  /** What orders cost where neither their records nor the broker's activities say so. */
  readonly costSchedule: readonly FeeRule[]
  readonly xnysExceptions: XnysExceptions
  /** The keys as written, for printing. */
  readonly written: QuantConfigYaml
}

export const EMPTY_QUANT_CONFIG: QuantConfigFile = {
  moneyDecimals: undefined,
  strategies: new Map(),
  instruments: [],
  costSchedule: [],
  xnysExceptions: {},
  written: {},
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
    strategies: new Map(
      Object.entries(strategies).map(([strategyId, { calendar, money_decimals, capital_share }]) => [
        strategyId,
        {
          calendar,
          moneyDecimals: money_decimals,
          capitalShare: capital_share === undefined ? undefined : parseScaled(capital_share, QUANTITY_DIGITS),
        },
      ]),
    ),
    instruments: Object.entries(instruments).map(([symbol, keys]) =>
      instrumentFact.parse({ fact: 'instrument', at: 0, symbol, ...keys }),
    ),
    costSchedule: toFeeRules(written.cost_schedule),
    xnysExceptions: toXnysExceptions(written.calendars?.XNYS),
    written,
  }
}
