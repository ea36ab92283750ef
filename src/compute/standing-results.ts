import type { BookFrame, WindowValues } from '../domain/frame.js'
import type { MetricResult } from '../domain/metric.js'
import { WINDOWS, type Window } from '../domain/window.js'
import { recordOf } from '../lib/record-of.js'
import { sameResult } from './result.js'

/** By window; a hole is an age, which is taken when the frame is read. */
export type Results = Record<Window, (MetricResult | undefined)[]>
/** By adapter; holes are metrics that are not told by adapter. */
export type Splits = ReadonlyMap<string, Results>

/** The result of one metric, by its place in the dictionary, in windows in which it is the same. */
export interface NewResult {
  readonly index: number
  readonly windows: readonly Window[]
  readonly result: MetricResult | undefined
}

/** The results of one book as they stand, and as its frames show them: the same objects as long as nothing was replaced. */
export class StandingResults {
  #results: Results = recordOf(WINDOWS, () => [])
  #splits: Splits = new Map()
  #windows: BookFrame['windows'] | undefined
  #byAdapter: BookFrame['byAdapter'] | undefined

  get windows(): BookFrame['windows'] {
    this.#windows ??= assembled(this.#results)
    return this.#windows
  }

  get byAdapter(): BookFrame['byAdapter'] {
    this.#byAdapter ??= new Map([...this.#splits].map(([adapter, results]) => [adapter, assembled(results)]))
    return this.#byAdapter
  }

  /** True when a value, status or reason is another one than before; what is said about a value may be new all the same. */
  accept(news: readonly NewResult[]): boolean {
    if (news.length === 0) return false
    // Frames that were handed out keep what they show.
    const results = { ...this.#results }
    let isMaterial = false
    for (const { index, windows, result } of news)
      for (const window of windows) {
        if (results[window] === this.#results[window]) results[window] = [...results[window]]
        if (!sameResult(result, results[window][index])) isMaterial = true
        results[window][index] = result
      }
    this.#results = results
    this.#windows = undefined
    return isMaterial
  }

  /** The same of all adapters at once. */
  acceptSplits(splits: Splits): boolean {
    const before = this.#splits
    this.#splits = splits
    this.#byAdapter = undefined
    return (
      splits.size !== before.size ||
      [...splits].some(([adapter, results]) => !sameResults(results, before.get(adapter)))
    )
  }
}

function assembled(results: Results): BookFrame['windows'] {
  return recordOf(WINDOWS, (window): WindowValues => ({ window, results: results[window] }))
}

function sameResults(a: Results, b: Results | undefined): boolean {
  return (
    b !== undefined &&
    WINDOWS.every((window) => a[window].every((result, index) => sameResult(result, b[window][index])))
  )
}
