import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { ReferenceAccount } from './equity-account.js'
import { type Fraction, fraction } from './exact.js'
import { MINUTE_MS } from './knowledge.js'
import type { Marked, ReferencePnl } from './pnl.js'

/** What a book that shares its account is worth from some start on: METRICS section 2, "Equity of a book that shares". */
export class ReferenceShare {
  constructor(
    readonly pnl: ReferencePnl,
    readonly account: ReferenceAccount,
    readonly share: Fraction,
    readonly start: EpochMs,
    readonly before: Marked,
  ) {}

  /** Its part of the account at the start. */
  get begin(): Fraction | undefined {
    const whole = this.account.equityAt(this.start)
    return whole === undefined ? undefined : fraction(this.share.over * whole, this.share.under)
  }

  /** That, and what the book has earned since. */
  equityAt(at: EpochMs): Fraction | Reason {
    const gross = this.pnl.grossBetween(this.start, this.before, at, this.pnl.markedAt(at))
    if (gross === 'currency') return gross
    const { begin } = this
    if (begin === undefined) return 'no_equity'
    if (typeof gross === 'string') return gross
    const net = gross - this.pnl.costs.between(this.start, at)
    return fraction(begin.over + net * begin.under, begin.under)
  }

  /** Its fills, and the ends of minutes with a bar of what it holds then; none after T. */
  observationTimes(): EpochMs[] {
    const { known, positions, prices } = this.pnl
    const isInside = (at: EpochMs) => at > this.start && at <= known.at
    const fills = this.pnl.fillsIn(this.start, known.at).map(({ at }) => at)
    const minuteEnds = positions.symbols.flatMap((symbol) =>
      prices
        .bars(symbol)
        .map(({ at }) => Math.ceil(at / MINUTE_MS) * MINUTE_MS)
        .filter((end) => isInside(end) && positions.held(end).some((position) => position.symbol === symbol)),
    )
    return [...new Set([...fills, ...minuteEnds])].sort((a, b) => a - b)
  }
}
