import type { Side } from '../../domain/facts.js'

/** One question to the definitions: plain arrays as a notebook has them, checked by whoever read them. */
export interface CalcCase {
  /** The one metric that is asked for; undefined: all that the input has what it takes for. */
  readonly metric?: string | undefined
  readonly input: CalcInput
  /** How many periods of the input a year has. */
  readonly periodsPerYear?: number | undefined
  readonly params: CalcParams
}

/** null is a period of which nothing is known. */
export type Known = number | null

export interface CalcInput {
  /** Simple returns, oldest first. */
  readonly returns?: readonly Known[] | undefined
  readonly benchmark?: readonly Known[] | undefined
  /** Of a period: one rate, or one for each return. */
  readonly risk_free?: number | readonly Known[] | undefined
  readonly equity?: number | readonly Known[] | undefined
  /** flows[k] came in between equity[k] and equity[k + 1], and is in the latter. */
  readonly flows?: readonly number[] | undefined
  readonly fills?: readonly CalcFill[] | undefined
  readonly trades?: readonly CalcTrade[] | undefined
  readonly orders?: readonly { readonly qty: number; readonly filled_qty: number }[] | undefined
  /** Signed market values of positions. */
  readonly exposures?: readonly number[] | undefined
  readonly traded_notional?: number | readonly number[] | undefined
  readonly values?: readonly Known[] | undefined
  readonly side?: Side | undefined
  readonly decision_price?: number | undefined
  readonly order_qty?: number | undefined
  readonly fills_exec?: readonly CalcOrderFill[] | undefined
  readonly end_price?: number | undefined
  readonly fees?: number | undefined
}

/** One fill of one symbol; fills count in the order in which they stand. */
export interface CalcFill {
  readonly side: Side
  readonly qty: number
  readonly price: number
  readonly commission?: number | undefined
  readonly ts_minutes?: number | undefined
  readonly multiplier?: number | undefined
}

/** A closed trade; its result counts as it is given. */
export interface CalcTrade {
  readonly pnl: number
  readonly entry_minutes?: number | undefined
  readonly exit_minutes?: number | undefined
}

/** A fill of the one order whose execution is looked at. */
export interface CalcOrderFill {
  readonly qty: number
  readonly price: number
  /** At the order's submit. */
  readonly mid?: number | undefined
}

export interface CalcParams {
  /** Minimum acceptable return of a period. */
  readonly mar?: number | undefined
  /** The tail that VaR and CVaR look at. */
  readonly alpha?: number | undefined
  readonly mark?: number | undefined
  readonly risk_free_per_period?: number | undefined
  readonly risk_free_annual?: number | undefined
  /** Between two values of a series. */
  readonly step_minutes?: number | undefined
  /** Of a percentile, from 0 to 1. */
  readonly p?: number | undefined
  /** What the series spans, where periods do not tell. */
  readonly years?: number | undefined
  /** Returns that a figure needs. */
  readonly min_observations?: number | undefined
}
