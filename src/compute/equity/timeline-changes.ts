import type { EpochMs } from '../../domain/time.js'

/** What happened to a book's past since it was last looked at: from where on all is new, and where to look once more. */
export interface Changes {
  readonly from: EpochMs
  readonly rechecks: readonly (readonly [from: EpochMs, to: EpochMs])[]
}

/** Spans that nobody has asked about for so long become one. */
const MANY_SPANS = 64

/** Collects changes of the past, so that what was made of it is made again there and nowhere else. */
export class TimelineChanges {
  #from: EpochMs = Number.NEGATIVE_INFINITY
  #rechecks: (readonly [EpochMs, EpochMs])[] = []

  /** Everything from an instant on may be another. */
  changedFrom(at: EpochMs): void {
    this.#from = Math.min(this.#from, at)
  }

  /** What lies in (from, to] may read otherwise: prices there were thinned. */
  changedIn(from: EpochMs, to: EpochMs): void {
    this.#rechecks.push([from, to])
    if (this.#rechecks.length <= MANY_SPANS) return
    const [froms, tos] = [this.#rechecks.map(([begin]) => begin), this.#rechecks.map(([, end]) => end)]
    this.#rechecks = [[Math.min(...froms), Math.max(...tos)]]
  }

  add({ from, rechecks }: Changes): void {
    this.changedFrom(from)
    for (const [begin, end] of rechecks) this.changedIn(begin, end)
  }

  get from(): EpochMs {
    return this.#from
  }

  take(): Changes {
    const changes = { from: this.#from, rechecks: this.#rechecks }
    this.#from = Number.POSITIVE_INFINITY
    this.#rechecks = []
    return changes
  }
}
