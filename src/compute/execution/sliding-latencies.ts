import { partitionPoint } from '../../lib/sorted-search.js'

/** Items in order, each with a latency where that could be measured. */
interface TimedTimeline {
  /** While it stays, what was at an index is there. */
  readonly revision: number
  at(index: number): { readonly latencyMs: number | undefined } | undefined
}

/**
 * The latencies of a window that slides over a timeline, ascending: what leaves is taken out and what comes in is put in
 * its place. A change in the middle of the timeline has the window sorted anew.
 */
export class SlidingLatencies {
  #ascending: number[] = []
  #first = 0
  #end = 0
  #revision = -1

  /** Those of the items from one index up to and without another. */
  read(timeline: TimedTimeline, first: number, end: number): readonly number[] {
    const isBehind = this.#revision !== timeline.revision || first < this.#first || end < this.#end || first > this.#end
    if (isBehind) {
      this.#ascending = latenciesOf(timeline, first, end).sort((a, b) => a - b)
    } else {
      for (const latency of latenciesOf(timeline, this.#first, first)) this.#ascending.splice(this.#placeOf(latency), 1)
      for (const latency of latenciesOf(timeline, this.#end, end))
        this.#ascending.splice(this.#placeOf(latency), 0, latency)
    }
    this.#first = first
    this.#end = end
    this.#revision = timeline.revision
    return this.#ascending
  }

  #placeOf(latency: number): number {
    return partitionPoint(
      this.#ascending.length,
      (index) => (this.#ascending[index] ?? Number.POSITIVE_INFINITY) < latency,
    )
  }
}

function latenciesOf(timeline: TimedTimeline, first: number, end: number): number[] {
  const latencies: number[] = []
  for (let index = first; index < end; index += 1) {
    const latency = timeline.at(index)?.latencyMs
    if (latency !== undefined) latencies.push(latency)
  }
  return latencies
}
