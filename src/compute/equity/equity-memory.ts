import type { EpochMs } from '../../domain/time.js'
import { isWallClock, SHORTEST_WINDOW_MS, WINDOWS } from '../../domain/window.js'
import { readOnce } from '../../lib/read-once.js'
import { recordOf } from '../../lib/record-of.js'
import { CellValues } from './cell-values.js'
import { DrawdownRuns } from './drawdown-runs.js'
import { PnlTimeline } from './pnl-timeline.js'
import type { Sharing } from './sharing.js'
import { type Changes, TimelineChanges } from './timeline-changes.js'

/** What a book keeps between two looks at its equity, so that only what is new has to be gone through. */
export class EquityMemory {
  readonly timeline = new PnlTimeline()
  /** What of the book's past the timeline has not taken in yet. */
  readonly timelineChanges = new TimelineChanges()
  /** What the series of each window are made of. */
  readonly cells = recordOf(WINDOWS, (window) => new CellValues(window))
  /** Whose the account's equity was when it was last read. */
  sharing: Sharing | undefined
  /** Which costs the timeline's results are after. */
  costRules: string | undefined
  readonly runs = new DrawdownRuns()
  /** Readings of the past that new prices do not change, until a fact or a correction does. */
  readonly #readings = new Map<string, unknown>()

  /**
   * What was read of an instant of the past before, or is read now. Prices of an instant that is nearer to T than any
   * window's start may still come as new ones: it is read again each time.
   */
  ofPast<Reading>({ at, now }: { readonly at: EpochMs; readonly now: EpochMs }, kind: string, read: () => Reading) {
    if (at > now - SHORTEST_WINDOW_MS) return read()
    return readOnce(this.#readings, `${kind} ${at}`, read) as Reading
  }

  /** Takes in what happened to the book's past. */
  note(changes: Changes): void {
    this.timelineChanges.add(changes)
    for (const window of WINDOWS) {
      this.cells[window].changedFrom(changes.from)
      if (isWallClock(window)) for (const [from, to] of changes.rechecks) this.cells[window].changedIn(from, to)
    }
  }

  /** A fact or a past price is another one. */
  forgetPast(): void {
    this.#readings.clear()
  }
}
