import type { EpochMs } from '../../domain/time.js'
import { insertAt, partitionPoint } from '../../lib/sorted-search.js'

/** Things to come, in the order of their time, then of their rank, then as they were added. */
export interface EventQueue<Event> {
  add(at: EpochMs, rank: number, event: Event): void
  nextAt(): EpochMs | undefined
  /** Takes the next event off; undefined when there is none. */
  take(): Event | undefined
}

/** A sorted list: a few dozen events are waiting in the demo, a few thousand with a thousand books. */
export function createEventQueue<Event>(): EventQueue<Event> {
  const waiting: { readonly at: EpochMs; readonly rank: number; readonly event: Event }[] = []
  return {
    add(at, rank, event) {
      const place = partitionPoint(waiting.length, (index) => {
        const entry = waiting[index]
        return entry !== undefined && (entry.at < at || (entry.at === at && entry.rank <= rank))
      })
      insertAt(waiting, place, { at, rank, event })
    },
    nextAt: () => waiting[0]?.at,
    take: () => waiting.shift()?.event,
  }
}
