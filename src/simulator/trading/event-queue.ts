import type { EpochMs } from '../../domain/time.js'

/** Things to come, in the order of their time, then of their rank, then as they were added. */
export interface EventQueue<Event> {
  add(at: EpochMs, rank: number, event: Event): void
  nextAt(): EpochMs | undefined
  /** Takes the next event off; undefined when there is none. */
  take(): Event | undefined
}

/** A sorted list: only a few dozen events are ever waiting, so nothing cleverer pays. */
export function createEventQueue<Event>(): EventQueue<Event> {
  const waiting: { at: EpochMs; rank: number; event: Event }[] = []
  return {
    add(at, rank, event) {
      const before = waiting.findLastIndex((entry) => entry.at < at || (entry.at === at && entry.rank <= rank))
      waiting.splice(before + 1, 0, { at, rank, event })
    },
    nextAt: () => waiting[0]?.at,
    take: () => waiting.shift()?.event,
  }
}
