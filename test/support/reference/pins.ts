import type { EpochMs } from '../../../src/domain/time.js'
import { isPlausible, type Knowledge, MINUTE_MS, SNAPSHOT_SESSIONS } from './knowledge.js'
import { ReferencePositions } from './positions.js'
import { ReferencePrices } from './prices.js'

/**
 * Instants at which prices stay exact: the last snapshot of each session in XNYS and where its drift ends, and where
 * snapshots changed a ledger. The last depend on quantities alone, so prices of any grain tell them.
 */
export function pinsOf(known: Knowledge): readonly EpochMs[] {
  const { at, options, snapshots } = known
  const calendar = options.calendars.XNYS
  const pins: EpochMs[] = []
  for (const account of new Set(snapshots.map((snapshot) => snapshot.account))) {
    const plausible = known.snapshotsOf(account).filter((snapshot) => isPlausible(snapshot, known))
    for (let back = 0; back <= SNAPSHOT_SESSIONS - 1; back += 1) {
      const roll = calendar.sessionBefore(at, back).closesAt + options.sessionRollMs
      const last = plausible.filter((snapshot) => snapshot.at <= Math.min(roll, at)).at(-1)
      if (last === undefined) continue
      const { closesAt } = calendar.latestSession(last.at - 1)
      if (last.at <= closesAt) pins.push(last.at, Math.min(last.at + 5 * MINUTE_MS, closesAt))
    }
  }
  for (const key of known.books.values()) {
    const { adjustments } = new ReferencePositions(known, key, new ReferencePrices(known, key))
    pins.push(...[...adjustments.values()].flatMap((own) => own.map((adjustment) => adjustment.at)))
  }
  return pins
}
