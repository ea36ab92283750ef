import type { Calendar } from '../../domain/calendar.js'
import { type Cell, cellContaining } from '../../domain/cells.js'
import type { MoneyE17 } from '../../domain/exact.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import type { Window } from '../../domain/window.js'

/** What was observed in one cell. */
export interface CellValue {
  readonly cell: Cell
  /** When the value is of. */
  readonly at: EpochMs
  /** The newest event that makes the cell observed; a window that starts at or after it has not seen the cell. */
  readonly seenAt: EpochMs
  /** Equity of an account, or the result of a book that shares one: see `offset` in the reader. */
  readonly amount: MoneyE17
  /** The earliest instant whose prices the value rests on. */
  readonly restsOn: EpochMs
}

/** Reads what a cell holds up to an instant; undefined where it was not observed. */
export type ReadCell = (cell: Cell, to: EpochMs) => CellValue | undefined

export interface CellsWanted {
  readonly calendar: Calendar
  /** The window (start, to]. */
  readonly start: EpochMs
  readonly to: EpochMs
  /** Whose values these are and how they are read: another key, other values. */
  readonly key: string
  readonly read: ReadCell
}

/** Slower tiers look at earlier instants: cells that a window left so lately are kept. */
const KEPT_BEHIND_MS = 2 * MINUTE_MS

/**
 * The values of a window's cells. A cell that has ended is read once; only what changed of the past is read again, so a
 * tick costs the cells that have ended since, and the one that has not.
 */
export class CellValues {
  readonly #window: Window
  #key: string | undefined
  /** Cells that end in (from, reached] have been read. */
  #from: EpochMs = Number.POSITIVE_INFINITY
  #reached: EpochMs = Number.NEGATIVE_INFINITY
  #values: CellValue[] = []
  #changedFrom: EpochMs = Number.POSITIVE_INFINITY

  constructor(window: Window) {
    this.#window = window
  }

  /** Everything from an instant on may be another. */
  changedFrom(at: EpochMs): void {
    this.#changedFrom = Math.min(this.#changedFrom, at)
  }

  /** Prices in (from, to] may read otherwise. */
  changedIn(from: EpochMs, to: EpochMs): void {
    const first = this.#values.find(({ cell, restsOn }) => cell.end > from && restsOn <= to)
    if (first !== undefined) this.changedFrom(first.cell.end)
  }

  /** The observed cells of (start, to], oldest first; the last one may be unfinished. */
  of(wanted: CellsWanted): CellValue[] {
    const { calendar, start, to, read } = wanted
    this.#forget(wanted)
    while (this.#reached < to) {
      const cell = cellContaining(this.#window, calendar, this.#reached + 1)
      if (cell.end > to) break
      const value = read(cell, cell.end)
      if (value !== undefined) this.#values.push(value)
      this.#reached = cell.end
    }
    const values = this.#values.filter(({ cell, seenAt }) => seenAt > start && cell.end <= to)
    const last = start < to ? cellContaining(this.#window, calendar, to) : undefined
    const unfinished = last === undefined || last.end === to ? undefined : read(last, to)
    if (unfinished !== undefined && unfinished.seenAt > start) values.push(unfinished)
    return values
  }

  #forget({ calendar, start, key }: CellsWanted): void {
    const isUnknown = key !== this.#key || start < this.#from || start > this.#reached
    if (isUnknown || this.#changedFrom <= this.#from) {
      this.#key = key
      this.#values = []
      this.#from = start
      this.#reached = start
    } else if (this.#changedFrom <= this.#reached) {
      this.#reached = Math.max(this.#from, cellContaining(this.#window, calendar, this.#changedFrom).start)
      while ((this.#values.at(-1)?.cell.end ?? 0) > this.#reached) this.#values.pop()
    }
    this.#changedFrom = Number.POSITIVE_INFINITY
    const oldest = start - KEPT_BEHIND_MS
    if (oldest <= this.#from) return
    this.#from = oldest
    let gone = 0
    while ((this.#values[gone]?.cell.end ?? Number.POSITIVE_INFINITY) <= oldest) gone += 1
    this.#values.splice(0, gone)
  }
}
