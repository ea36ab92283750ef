import type { EpochMs } from '../../domain/time.js'

/** Things to come, in the order of their time, then of their rank, then as they were added. */
export interface EventQueue<Event> {
  add(at: EpochMs, rank: number, event: Event): void
  nextAt(): EpochMs | undefined
  /** Takes the next event off; undefined when there is none. */
  take(): Event | undefined
}

/** A sorted list: a few dozen events are waiting in the demo, a few thousand with a thousand books. */
export function createEventQueue<Event>(): EventQueue<Event> {
  const waiting: { at: EpochMs; rank: number; event: Event }[] = []

  /** Where what is later than anything up to this begins. */
  function placeAfter(at: EpochMs, rank: number): number {
    let [from, to] = [0, waiting.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      const entry = waiting[middle]
      if (entry !== undefined && (entry.at < at || (entry.at === at && entry.rank <= rank))) from = middle + 1
      else to = middle
    }
    return from
  }

  return {
    add: (at, rank, event) => void waiting.splice(placeAfter(at, rank), 0, { at, rank, event }),
    nextAt: () => waiting[0]?.at,
    take: () => waiting.shift()?.event,
  }
}
