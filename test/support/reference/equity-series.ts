import { cellsOf } from '../../../src/domain/cells.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import type { ReferenceAccount } from './equity-account.js'
import type { ReferenceShare } from './equity-share.js'
import type { ReferencePnl } from './pnl.js'

const WALL_CLOCK: readonly Window[] = ['1m', '5m', '15m', '1h']

/** A part of a cell that lies in the window: `(from, to]`. */
interface Part {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** Whether the series of a window has a value after its first: METRICS section 2, "Cells", and fine print 4 and 15. */
export function hasValues(
  window: Window,
  start: EpochMs,
  pnl: ReferencePnl,
  account: ReferenceAccount,
  shared: ReferenceShare | undefined,
): boolean {
  const { calendar, known } = account
  const own = shared?.observationTimes() ?? account.observations.map(({ at }) => at)
  const isObserved = ({ from, to }: Part) => own.some((at) => at > from && at <= to)
  const parts = cellsOf(window, calendar, start, known.at).map((cell) => ({
    from: Math.max(cell.start, start),
    to: Math.min(cell.end, known.at),
  }))
  if (!WALL_CLOCK.includes(window)) return parts.some(isObserved)

  const hasBar = ({ from, to }: Part, symbols: readonly string[]) =>
    symbols.some((symbol) => pnl.prices.bars(symbol).some(({ at }) => at > from && at <= to))
  const isClosed = ({ from, to }: Part) => calendar.sessionTimeBetween(from, to) === 0
  if (shared === undefined)
    return parts.some((part) => {
      if (isObserved(part)) return true
      const last = account.snapshots.filter(({ at }) => at <= part.to).at(-1)
      if (isClosed(part) || last === undefined) return false
      const held = last.positions.filter(({ qty }) => qty !== 0n).map(({ symbol }) => symbol)
      return held.length === 0 || hasBar(part, held)
    })

  return parts.some((part) => {
    if (pnl.fillsIn(part.from, part.to).length > 0) return true
    const held = pnl.positions.held(part.to).map(({ symbol }) => symbol)
    const isFlat = held.length === 0 && !pnl.positions.isAnyUnknownAfter(part.to)
    return hasBar(part, held) || (isFlat && !isClosed(part))
  })
}
