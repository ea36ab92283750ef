import type { BookFrame, WindowValues } from '../domain/frame.js'
import type { MetricResult } from '../domain/metric.js'
import { WINDOWS, type Window } from '../domain/window.js'
import { recordOf } from '../lib/record-of.js'
import { sameResult } from './result.js'

/** By window; a hole is an age, which is taken when the frame is read. */
export type Results = Record<Window, (MetricResult | undefined)[]>
/** By adapter; holes are metrics that are not told by adapter. */
export type Splits = ReadonlyMap<string, Results>

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

  /** To change some of them and hand all back. */
  copy(): Results {
    return copied(this.#results)
  }

  copyOf(adapter: string): Results {
    const known = this.#splits.get(adapter)
    return known === undefined ? recordOf(WINDOWS, () => []) : copied(known)
  }

  /** True when a value, status or reason is another one than before; what is said about a value may be new all the same. */
  accept(results: Results): boolean {
    const before = this.#results
    this.#results = results
    this.#windows = undefined
    return !sameResults(results, before)
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

function copied(results: Results): Results {
  return recordOf(WINDOWS, (window) => [...results[window]])
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
