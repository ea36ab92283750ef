/** Names in the place of a metric's or a window's, which none of those has. */

/** The book had a frame. */
export const FRAME = '_frame'

/** Up to here samples of the book are missing. */
export const GAP = '_gap'

/** The stretch that begins here was recomputed; under no book, since no strategy has an empty name. */
export const BACKFILL = '_backfill'
