/** What configuration says of figures that are made of returns. */
export interface ReturnRules {
  /** What money earns without risk in a year, as a ratio. */
  readonly riskFreeAnnual: number
  /** The minimum acceptable return of one sampling interval, as a ratio. */
  readonly marPerPeriod: number
  /** Returns that a figure needs at least. */
  readonly minimumObservations: number
}

export const DEFAULT_RETURN_RULES: ReturnRules = { riskFreeAnnual: 0, marPerPeriod: 0, minimumObservations: 20 }
