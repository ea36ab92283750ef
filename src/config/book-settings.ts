import type { CalendarName } from '../domain/calendar.js'
import type { QuantityE9 } from '../domain/exact.js'
import type { ExportRule } from '../domain/export-rule.js'
import type { QuantConfigFile } from './quant-config-file.js'

const MONEY_DECIMALS: Record<CalendarName, number> = { XNYS: 2, '24x7': 6 }

/** The calendar that the file gives a strategy; undefined leaves it to what the facts say. */
export function calendarOf(file: QuantConfigFile, strategyId: string): CalendarName | undefined {
  return file.strategies.get(strategyId)?.calendar
}

/** Decimals of money at output: the strategy's own, else the file's, else those of the calendar. */
export function moneyDecimalsOf(file: QuantConfigFile, strategyId: string, calendar: CalendarName): number {
  return file.strategies.get(strategyId)?.moneyDecimals ?? file.moneyDecimals ?? MONEY_DECIMALS[calendar]
}

/** The symbol that a strategy's returns are held against: its own, what the facts tell of it, or the file's for all. */
export function benchmarkOf(file: QuantConfigFile, strategyId: string, told: string | undefined): string | undefined {
  return file.strategies.get(strategyId)?.benchmark ?? told ?? file.benchmark
}

/** What /metrics has of the strategies that the file chooses something for. */
export function exportRulesOf({ strategies }: QuantConfigFile): ReadonlyMap<string, ExportRule> {
  return new Map([...strategies].flatMap(([id, { exported }]) => (exported === undefined ? [] : [[id, exported]])))
}

/** The part of its account's equity that the file gives a strategy, scaled like a quantity. */
export function capitalShareOf(file: QuantConfigFile, strategyId: string): QuantityE9 | undefined {
  return file.strategies.get(strategyId)?.capitalShare
}
