import type { CalendarName } from '../../src/domain/calendar.js'
import type { Fact } from '../../src/domain/facts.js'
import type { EpochMs } from '../../src/domain/time.js'
import type { Window } from '../../src/domain/window.js'
import { instant, snapshot } from './facts.js'

/** What a book must say at T, worked out by hand. One table for the product and for the reference that checks it. */
export interface EquityScenario {
  readonly title: string
  readonly facts: readonly Fact[]
  readonly at: EpochMs
  readonly window: Window
  /** The book of the first strategy, when not given. */
  readonly strategyId?: string
  readonly calendars?: Readonly<Record<string, CalendarName>>
  /** A configured part of the account, by strategy. */
  readonly shares?: Readonly<Record<string, number>>
  readonly expected: Readonly<Record<string, number | string>>
}

export const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
export const newYorkWinter = (day: string, time: string) => instant(`${day}T${time}-05:00`)

export interface Holding {
  readonly qty: number
  readonly mark: number
  readonly symbol?: string
}

/** A snapshot whose equity is its cash and what it holds, at most one symbol. */
export function observed(at: EpochMs, cash: number, holding?: Holding, raw: Readonly<Record<string, unknown>> = {}) {
  if (holding === undefined) return snapshot(at, [], { cash, equity: cash, ...raw })
  const { qty, mark, symbol = 'AAA' } = holding
  return snapshot(at, [{ symbol, qty, mark, avg_entry_price: mark }], { cash, equity: cash + qty * mark, ...raw })
}
