import type { EpochMs } from '../../domain/time.js'
import type { DrawdownRun } from './drawdown.js'

/** A run that can go on where it stopped, as long as everything before is what it was. */
export interface RunMemo {
  /** What the run rests on: another key, another run. */
  readonly key: string
  readonly run: DrawdownRun
  /** The last observation that it has taken. */
  readonly lastAt: EpochMs
}

/** The drawdowns of each window as far as they were gone through, so that a new observation costs one step. */
export class DrawdownRuns {
  readonly #runs = new Map<string, RunMemo>()

  /** The run of a window that has got no further than an instant. */
  of(window: string, key: string, upTo: EpochMs): RunMemo | undefined {
    const memo = this.#runs.get(window)
    return memo !== undefined && memo.key === key && memo.lastAt <= upTo ? memo : undefined
  }

  keep(window: string, memo: RunMemo): void {
    const known = this.#runs.get(window)
    if (known === undefined || known.key !== memo.key || known.lastAt <= memo.lastAt) this.#runs.set(window, memo)
  }
}
