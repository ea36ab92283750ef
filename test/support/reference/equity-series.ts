import { type Cell, cellsOf } from '../../../src/domain/cells.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import type { ReferenceAccount } from './equity-account.js'
import type { ReferenceShare } from './equity-share.js'
import type { ReferencePnl } from './pnl.js'
import { isWallClock } from './windows.js'

/** A part of a cell that lies in the window: `(from, to]`. */
export interface Part {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** A cell that holds something, and the instant of which its value is. */
export interface KeptCell {
  readonly part: Part
  readonly at: EpochMs
}

/** The cells of a series that have a value, its first value not among them: METRICS section 2, "Cells", and fine print 4 and 15. */
export function keptCells(
  window: Window,
  start: EpochMs,
  pnl: ReferencePnl,
  account: ReferenceAccount,
  shared: ReferenceShare | undefined,
): KeptCell[] {
  const { calendar, known } = account
  const own = shared?.observationTimes() ?? account.observations.map(({ at }) => at)
  const observedIn = ({ from, to }: Part) => own.filter((at) => at > from && at <= to)
  const parts = cellsOf(window, calendar, start, known.at).map((cell) => partOf(cell, start, known.at))
  if (!isWallClock(window))
    return parts.flatMap((part) => {
      const last = observedIn(part).at(-1)
      return last === undefined ? [] : { part, at: last }
    })

  const isKept = shared === undefined ? isKeptAlone : isKeptShared
  return parts.filter(isKept).map((part) => ({ part, at: part.to }))

  function isKeptAlone(part: Part): boolean {
    if (observedIn(part).length > 0) return true
    const last = account.snapshots.filter(({ at }) => at <= part.to).at(-1)
    if (isClosed(part) || last === undefined) return false
    const held = last.positions.filter(({ qty }) => qty !== 0n).map(({ symbol }) => symbol)
    return held.length === 0 || hasBar(part, held)
  }

  function isKeptShared(part: Part): boolean {
    if (pnl.fillsIn(part.from, part.to).length > 0) return true
    const held = pnl.positions.held(part.to).map(({ symbol }) => symbol)
    const isFlat = held.length === 0 && !pnl.positions.isAnyUnknownAfter(part.to)
    return hasBar(part, held) || (isFlat && !isClosed(part))
  }

  function hasBar({ from, to }: Part, symbols: readonly string[]): boolean {
    return symbols.some((symbol) => pnl.prices.bars(symbol).some(({ at }) => at > from && at <= to))
  }

  function isClosed({ from, to }: Part): boolean {
    return calendar.sessionTimeBetween(from, to) === 0
  }
}

function partOf(cell: Cell, start: EpochMs, at: EpochMs): Part {
  return { from: Math.max(cell.start, start), to: Math.min(cell.end, at) }
}
