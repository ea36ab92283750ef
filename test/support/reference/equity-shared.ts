import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import type { ReferenceAccount } from './equity-account.js'
import { keptCells } from './equity-series.js'
import { ReferenceShare } from './equity-share.js'
import { asReturn, type Fraction, fraction } from './exact.js'
import type { Answer } from './knowledge.js'
import type { ReferencePnl } from './pnl.js'
import type { Growth, MaybeValue, SeriesValue } from './returns.js'
import type { WealthPoint } from './wealth.js'

/** A book that shares its account: a part of the account at the start, and its own result since. */
export class SharedEquity {
  readonly #pnl: ReferencePnl
  readonly #account: ReferenceAccount
  readonly #share: Fraction
  readonly #at: EpochMs

  constructor(pnl: ReferencePnl, account: ReferenceAccount, share: Fraction) {
    this.#pnl = pnl
    this.#account = account
    this.#share = share
    this.#at = pnl.known.at
  }

  from(start: EpochMs): ReferenceShare {
    return new ReferenceShare(this.#pnl, this.#account, this.#share, start, this.#pnl.markedAtStart(start))
  }

  level(open: EpochMs): Fraction | Reason {
    return this.from(open).equityAt(this.#at)
  }

  cumulativeReturn(window: Window, start: EpochMs): Answer {
    const shared = this.from(start)
    if (shared.begin === undefined) return 'no_equity'
    if (keptCells(window, start, this.#pnl, this.#account, shared).length === 0) return 'no_observations'
    return this.#grown(shared)
  }

  intradayReturn(open: EpochMs): Answer {
    return this.#grown(this.from(open))
  }

  /** E at the start, then at what was observed last in each kept cell, or at its end where the window is wall-clock. */
  values(window: Window, start: EpochMs): MaybeValue[] | Reason {
    const shared = this.from(start)
    const { begin } = shared
    if (begin === undefined) return 'no_equity'
    const kept = keptCells(window, start, this.#pnl, this.#account, shared).map(({ at, part }): MaybeValue => {
      const equity = shared.equityAt(at)
      return typeof equity === 'string' ? equity : { at, part, equity }
    })
    return [{ at: start, part: undefined, equity: begin }, ...kept]
  }

  growth(from: SeriesValue, to: SeriesValue): Growth {
    return { growth: ratio(to.equity, from.equity), isLast: to.equity.over <= 0n }
  }

  curve(start: EpochMs): WealthPoint[] | Reason {
    const shared = this.from(start)
    const { begin } = shared
    if (begin === undefined) return 'no_equity'
    const points: WealthPoint[] = [{ at: start, wealth: fraction(1n, 1n) }]
    if (begin.over <= 0n) return points
    for (const at of shared.observationTimes()) {
      const equity = shared.equityAt(at)
      if (typeof equity === 'string') return equity
      const wealth = ratio(equity, begin)
      points.push({ at, wealth })
      if (wealth.over <= 0n) break
    }
    return points
  }

  #grown(shared: ReferenceShare): Answer {
    const { begin } = shared
    if (begin === undefined) return 'no_equity'
    const equities = [...shared.observationTimes(), this.#at].map((at) => shared.equityAt(at))
    const isBroke = (equity: Fraction | Reason) => typeof equity !== 'string' && equity.over <= 0n
    if ([begin, ...equities].some(isBroke)) return 'non_positive_equity'
    const missing = (['missing_mark', 'unknown_opening_position'] as const).find((reason) => equities.includes(reason))
    if (missing !== undefined) return missing
    const last = equities[equities.length - 1]
    if (last === undefined || typeof last === 'string') return last ?? 'internal_error'
    return asReturn(ratio(last, begin))
  }
}

function ratio(a: Fraction, b: Fraction): Fraction {
  return fraction(a.over * b.under, a.under * b.over)
}
