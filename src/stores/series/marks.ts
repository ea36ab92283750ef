import { jsonOrUndefined } from '../../lib/json-or-undefined.js'

/** Names in the place of a metric's or a window's, which none of those has. */

/** The book had a frame. */
export const FRAME = '_frame'

/** Up to here samples of the book are missing. */
export const GAP = '_gap'

/** The stretch that begins here was recomputed; under no book, since no strategy has an empty name. */
export const BACKFILL = '_backfill'

/** Whether a row, as both stores write it, tells of missing samples: an array that names the kind of row third. */
export function tellsGap(line: string): boolean {
  const row = jsonOrUndefined(line)
  return Array.isArray(row) && row[2] === GAP
}
