/**
 * The first index at which `holds` is no longer true, in a sequence where it is true up to some index and false from
 * there on: the one binary search that all timelines share.
 */
export function partitionPoint(length: number, holds: (index: number) => boolean): number {
  // Facts come nearly in order: most searches are for the place at the end.
  if (length > 0 && holds(length - 1)) return length
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the last element at or before `at` in an ascending sequence; −1 when there is none. */
export function lastAtOrBefore(ats: { readonly [index: number]: number }, at: number, length: number): number {
  return partitionPoint(length, (index) => (ats[index] ?? Number.POSITIVE_INFINITY) <= at) - 1
}

/** The same among dated things, ascending. */
export function lastDatedAtOrBefore(dated: readonly { readonly at: number }[], at: number): number {
  return partitionPoint(dated.length, (index) => (dated[index]?.at ?? Number.POSITIVE_INFINITY) <= at) - 1
}

/** Puts an item at a place of a list. Facts come nearly in order, and at the end a push is many times faster. */
export function insertAt<Item>(items: Item[], index: number, item: Item): void {
  if (index === items.length) items.push(item)
  else items.splice(index, 0, item)
}
