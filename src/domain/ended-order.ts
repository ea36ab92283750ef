/** How an order that is over went, in the units of its histograms; undefined where that cannot be told. */
export interface EndedOrder {
  readonly strategyId: string
  readonly account: string
  /** Undefined where no row names one. */
  readonly adapter: string | undefined
  /** What its fills cost beyond the mid at its submit; positive is a cost. */
  readonly slippageBps: number | undefined
  /** Against its decision price, unfilled rest and costs included; positive is a cost. */
  readonly shortfallBps: number | undefined
  readonly decisionToSubmitSeconds: number | undefined
  /** Of an order that was filled completely. */
  readonly submitToFillSeconds: number | undefined
}
