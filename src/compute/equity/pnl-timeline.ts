import type { MoneyE17 } from '../../domain/exact.js'
import { BAR_LIFETIME_MS } from '../../domain/history.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { lastAtOrBefore } from '../../lib/sorted-search.js'
import type { TimelineChanges } from './timeline-changes.js'

export interface PnlSource {
  /** Net result of the book from its beginning to an instant; undefined where it cannot be known. */
  pnlAt(at: EpochMs): MoneyE17 | undefined
  /** The instants of (from, to] at which the book is observed, ascending. */
  observedIn(from: EpochMs, to: EpochMs): EpochMs[]
}

/**
 * The net result of a book that shares its account, at each of its observations: what its drawdowns are made of.
 *
 * Each point is worked out once. Changes of the past redo what they touch and nothing else, so a minute costs one point.
 */
export class PnlTimeline {
  #ats: EpochMs[] = []
  #pnls: MoneyE17[] = []
  #reachesTo: EpochMs | undefined
  #expiredMinute: number | undefined
  #revision = 0

  /** Counts changes of the past: while it stays, points were only added at the end or dropped at the beginning. */
  get revision(): number {
    return this.#revision
  }

  get length(): number {
    return this.#ats.length
  }

  at(index: number): { readonly at: EpochMs; readonly pnl: MoneyE17 } | undefined {
    const [at, pnl] = [this.#ats[index], this.#pnls[index]]
    return at === undefined || pnl === undefined ? undefined : { at, pnl }
  }

  indexAt(at: EpochMs): number {
    return lastAtOrBefore(this.#ats, at, this.#ats.length)
  }

  /**
   * Brings the points of (oldest, to] up to date, and takes in what changed in the book's past. It never goes back: a look
   * at an earlier instant finds it up to date.
   */
  extend(oldest: EpochMs, to: EpochMs, pending: TimelineChanges, source: PnlSource): void {
    if (this.#reachesTo !== undefined && to < this.#reachesTo) return
    const changes = pending.take()
    for (const [from, until] of changes.rechecks) this.#recheck(from, until, source)
    this.#expire(oldest, to - BAR_LIFETIME_MS, source)
    const kept = this.indexAt(changes.from - 1) + 1
    const redone = { ats: this.#ats.splice(kept), pnls: this.#pnls.splice(kept) }
    const from = Math.max(oldest, Math.min(this.#reachesTo ?? oldest, changes.from - 1))
    this.#reachesTo = to
    for (const at of source.observedIn(from, to)) {
      const pnl = source.pnlAt(at)
      if (pnl === undefined) continue
      this.#ats.push(at)
      this.#pnls.push(pnl)
    }
    const isSame = redone.ats.every(
      (at, index) => this.#ats[kept + index] === at && this.#pnls[kept + index] === redone.pnls[index],
    )
    if (!isSame) this.#revision += 1
    const expired = this.indexAt(oldest) + 1
    this.#ats.splice(0, expired)
    this.#pnls.splice(0, expired)
  }

  /** Where bars have expired, points that only a bar made are none any more, and others are priced without. */
  #expire(oldest: EpochMs, until: EpochMs, source: PnlSource): void {
    const minute = Math.floor(until / MINUTE_MS)
    if (until <= oldest || minute === this.#expiredMinute) return
    this.#expiredMinute = minute
    const count = this.indexAt(until + MINUTE_MS) + 1
    const upTo = this.#ats[count - 1]
    if (upTo === undefined) return
    const ats = source.observedIn(oldest, upTo)
    const pnls = ats.map((at) => source.pnlAt(at))
    const isSame =
      ats.length === count && ats.every((at, index) => at === this.#ats[index] && pnls[index] === this.#pnls[index])
    if (isSame) return
    const points = ats.flatMap((at, index) => {
      const pnl = pnls[index]
      return pnl === undefined ? [] : [{ at, pnl }]
    })
    this.#ats = [...points.map(({ at }) => at), ...this.#ats.slice(count)]
    this.#pnls = [...points.map(({ pnl }) => pnl), ...this.#pnls.slice(count)]
    this.#revision += 1
  }

  /** Forgets all points: the book has its account alone, and nobody asks. */
  forget(): void {
    if (this.#reachesTo === undefined) return
    this.#reachesTo = undefined
    this.#ats = []
    this.#pnls = []
    this.#revision += 1
  }

  #recheck(from: EpochMs, to: EpochMs, source: PnlSource): void {
    for (let index = this.indexAt(from) + 1; index < this.#ats.length; index += 1) {
      const at = this.#ats[index]
      if (at === undefined || at > to) return
      const pnl = source.pnlAt(at)
      if (pnl === undefined || pnl === this.#pnls[index]) continue
      this.#pnls[index] = pnl
      this.#revision += 1
    }
  }
}
