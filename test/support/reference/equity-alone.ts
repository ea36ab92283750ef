import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import type { ReferenceAccount } from './equity-account.js'
import { type Interval, intervalsOf } from './equity-flows.js'
import { keptCells } from './equity-series.js'
import { asReturn, type Fraction, fraction, money, product, sum } from './exact.js'
import { type Answer, MINUTE_MS } from './knowledge.js'
import type { Marked, ReferencePnl } from './pnl.js'
import type { Growth, SeriesValue } from './returns.js'
import type { WealthPoint } from './wealth.js'
import { isWallClock } from './windows.js'

const FIRST_WITHIN_MS = 15 * MINUTE_MS

/** A book alone in its account: the account's snapshots are its observations, and flows are taken out. */
export class AloneEquity {
  readonly #pnl: ReferencePnl
  readonly #account: ReferenceAccount
  readonly #at: EpochMs
  readonly #intervals: readonly Interval[]

  constructor(pnl: ReferencePnl, account: ReferenceAccount) {
    this.#pnl = pnl
    this.#account = account
    this.#at = pnl.known.at
    this.#intervals = intervalsOf(account)
  }

  level(): Fraction | Reason {
    const equity = this.#account.equityAt(this.#at)
    return equity === undefined ? 'no_equity' : fraction(equity, 1n)
  }

  cumulativeReturn(window: Window, start: EpochMs): Answer {
    const first = this.#account.equityAt(start)
    if (first === undefined) return 'no_equity'
    if (keptCells(window, start, this.#pnl, this.#account, undefined).length === 0) return 'no_observations'
    return this.#chained(first, start)
  }

  intradayReturn(open: EpochMs): Answer {
    if (this.#account.observations.length === 0) return 'no_equity'
    const first = this.#account.observationsIn(open - 1, open + FIRST_WITHIN_MS)[0]
    return first === undefined ? 'no_observations' : this.#chained(first.equity, first.at)
  }

  /** E at the start where there is one, then what each kept cell says. */
  values(window: Window, start: EpochMs): SeriesValue[] | Reason {
    const read = [
      { at: start, part: undefined },
      ...keptCells(window, start, this.#pnl, this.#account, undefined),
    ].flatMap(({ at, part }) => {
      const told = part === undefined || isWallClock(window) ? undefined : this.#account.lastObservation(at)?.equity
      const equity = told ?? this.#account.equityAt(at)
      return equity === undefined ? [] : { at, part, equity: fraction(equity, 1n) }
    })
    return read.length === 0 ? 'no_equity' : read
  }

  /** Through the ends of the intervals in which money came or went. */
  growth(from: SeriesValue, to: SeriesValue): Growth {
    let growth = fraction(1n, 1n)
    let reached = from.equity
    for (const { to: end, flow } of this.#intervals) {
      if (flow === 0n || end.at <= from.at || end.at > to.at) continue
      growth = product(growth, fraction((end.equity - flow) * reached.under, reached.over))
      if (end.equity <= 0n) return { growth, isLast: true }
      reached = fraction(end.equity, 1n)
    }
    const last = fraction(to.equity.over * reached.under, to.equity.under * reached.over)
    return { growth: product(growth, last), isLast: to.equity.over <= 0n }
  }

  curve(start: EpochMs): WealthPoint[] | Reason {
    const base = this.#account.lastObservation(start)
    const observations = this.#account.observationsIn(start, this.#at)
    const [first, ...rest] = base === undefined ? observations : [base, ...observations]
    if (first === undefined) return 'no_equity'
    const points: WealthPoint[] = [{ at: Math.max(first.at, start), wealth: fraction(1n, 1n) }]
    if (first.equity <= 0n) return points
    let wealth = fraction(1n, 1n)
    for (const { from, to, flow } of this.#intervals) {
      if (!rest.includes(to)) continue
      wealth = product(wealth, fraction(to.equity - flow, from.equity))
      points.push({ at: to.at, wealth })
      if (to.equity <= 0n || wealth.over <= 0n) break
    }
    return points
  }

  /** Equity's change, less flows, less what the ledger earned, from the last snapshot at the start to the last at T. */
  reconciliationGap(start: EpochMs): Answer {
    const [first, last] = [this.#account.lastWhole(start), this.#account.lastWhole(this.#at)]
    if (first === undefined || last === undefined) return 'no_equity'
    const [before, after] = [first, last].map(({ at, positions }) =>
      this.#pnl.marked(at, (symbol) => {
        const told = positions.find((position) => position.symbol === symbol)?.mark
        return told ?? this.#account.markOf(symbol, at)
      }),
    ) as [Marked, Marked]
    const gross = this.#pnl.grossBetween(first.at, before, last.at, after)
    if (typeof gross === 'string') return gross
    const flows = this.#intervals.filter(({ to }) => to.at > first.at && to.at <= last.at).map(({ flow }) => flow)
    return money(last.equity - first.equity - sum(flows) - (gross - this.#pnl.costs.between(first.at, last.at)))
  }

  /** From an equity at an instant through the ends of intervals with a flow to E(T). */
  #chained(first: bigint, from: EpochMs): Answer {
    const last = this.#account.equityAt(this.#at) ?? 0n
    const inside = this.#account.observationsIn(from, this.#at).map(({ equity }) => equity)
    if ([first, ...inside, last].some((equity) => equity <= 0n)) return 'non_positive_equity'
    let growth = fraction(1n, 1n)
    let reached = first
    for (const { to, flow } of this.#intervals) {
      if (flow === 0n || to.at <= from || to.at > this.#at) continue
      growth = product(growth, fraction(to.equity - flow, reached))
      reached = to.equity
    }
    return asReturn(product(growth, fraction(last, reached)))
  }
}
