import { setImmediate as immediate } from 'node:timers/promises'
import { HttpProblem } from './problem.js'

interface TurnsOptions {
  /** Requests at work or waiting; one more is refused. */
  readonly atMost: number
  /** How long one may wait for its turn. */
  readonly patienceMs: number
  /** Milliseconds on a clock that never goes back. */
  readonly monotonicNow: () => number
}

const RETRY_SECONDS = 1

/**
 * Admits few requests at once to work that keeps the process busy, and gives each a turn of its own on the event loop:
 * a tick that is due comes between two of them.
 */
export class Turns {
  readonly #options: TurnsOptions
  #admitted = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /** Throws HttpProblem `busy` where too many are at work, or the turn did not come in time. */
  async take<Answer>(work: () => Answer | Promise<Answer>): Promise<Answer> {
    const { atMost, patienceMs, monotonicNow } = this.#options
    if (this.#admitted >= atMost) throw busy(`${atMost} requests of this kind are at work, which is the limit`)
    this.#admitted += 1
    const askedAt = monotonicNow()
    const turn = this.#last.then(async () => {
      await immediate()
      if (monotonicNow() - askedAt > patienceMs) throw busy('its turn did not come within 2 s')
      return work()
    })
    // The next one waits for the end of this, however it ends; its outcome is told by `turn` alone.
    this.#last = turn.then(
      () => undefined,
      () => undefined,
    )
    try {
      return await turn
    } finally {
      this.#admitted -= 1
    }
  }
}

function busy(detail: string): HttpProblem {
  return new HttpProblem('busy', { detail, headers: { 'Retry-After': String(RETRY_SECONDS) } })
}
