import type { MoneyE17 } from '../../domain/exact.js'
import type { Meta, Reason } from '../../domain/metric.js'
import type { EpochMs } from '../../domain/time.js'
import type { Window } from '../../domain/window.js'
import type { Unknown, Valuation } from '../valuation.js'
import type { Drawdown } from './drawdown.js'
import type { Flow } from './flows.js'
import type { DatedFlow, EquitySeries } from './series.js'

/** A book's equity at an instant. */
export interface EquityValue {
  readonly equity: MoneyE17
  /** The snapshot that it rests on. */
  readonly snapshotAt: EpochMs
  /** What of it the book earned since the open, on top of its share then; undefined where the account is its own. */
  readonly earned?: MoneyE17
}

/** What equity grew by, as an exact fraction: numerator/denominator is 1 when nothing changed. */
export interface Growth {
  readonly numerator: bigint
  readonly denominator: bigint
  /** Deposits and withdrawals that were taken out. */
  readonly flows: readonly DatedFlow[]
  /** The equities that it leads from and to. */
  readonly opening: MoneyE17
  readonly closing: MoneyE17
  /** When the first of them was. */
  readonly from: EpochMs
}

/** A window's start, and how much later than an instant there T will be when the start gets to it; Infinity: it stands. */
export interface WindowStart {
  readonly window: Window
  readonly start: EpochMs
  readonly lead: number
}

/** A window, or the latest session so far. */
export type Opening = Omit<WindowStart, 'window'> & { readonly window: WindowStart['window'] | 'since open' }

/** By how much an account's equity changed that neither flows nor the book's own results explain. */
export interface Reconciliation {
  readonly gap: MoneyE17
  /** The snapshots between which it is taken. */
  readonly from: EpochMs
  readonly to: EpochMs
  readonly flows: readonly Flow[]
  readonly dividends: MoneyE17
  readonly interest: MoneyE17
}

/**
 * The equity of one book at one T and over its windows: that of its account where it is alone there, else its share of the
 * account's equity at a window's start and what it earned since.
 * Source: METRICS section 2.
 */
export interface EquityFigures {
  /** Why there are no dollars since the latest open, where something was traded in another currency. */
  foreign(): Unknown | undefined
  /** Equity at T. */
  level(): Valuation<EquityValue>
  /** Growth from the open of the latest session: without the night. */
  sinceOpen(): Valuation<Growth>
  /** Growth over a window, flows taken out. */
  growth(where: WindowStart): Valuation<Growth>
  drawdown(where: WindowStart): Valuation<Drawdown>
  /** Equity sampled on the cells of a window. */
  series(where: WindowStart): Valuation<EquitySeries>
  reconciliation(where: WindowStart): Valuation<Reconciliation>
}

/** The same, and whose it is. */
export interface BookEquity extends EquityFigures {
  /** Whether its account's equity is all its own. */
  readonly isAlone: boolean
  /** Where the figures come from: meta of every metric that rests on them. */
  readonly meta: Meta
  /** How long drawdowns were may depend on where the window starts, even where their depths do not. */
  drawdown(where: WindowStart, asks?: 'depth' | 'length'): Valuation<Drawdown>
}

/** Two equities make a drawdown. */
const NEEDED_OBSERVATIONS = 2

/** A drawdown, if enough was seen for one. */
export function ofEnough(drawdown: Drawdown): Valuation<Drawdown> {
  return drawdown.observations < NEEDED_OBSERVATIONS ? tooFew(drawdown.observations) : { known: true, value: drawdown }
}

export function tooFew(observations: number): Unknown {
  return unknownBecause('too_few_observations', { observations, needed: NEEDED_OBSERVATIONS })
}

export function unknownBecause(reason: Reason, meta?: Meta): Unknown {
  return { known: false, reason, symbols: [], ...(meta === undefined ? {} : { meta }) }
}
