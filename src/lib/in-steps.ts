import { setImmediate as immediate } from 'node:timers/promises'

/** Hands over what may be a long list, `atOnce` items between two turns of the event loop. */
export async function inSteps<Item>(items: Iterable<Item>, atOnce: number, take: (item: Item) => void): Promise<void> {
  let taken = 0
  for (const item of items) {
    take(item)
    taken += 1
    if (taken % atOnce === 0) await immediate()
  }
}
