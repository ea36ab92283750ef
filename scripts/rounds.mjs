// One round after another until it is stopped; the round that is under way ends first.
import { setTimeout as sleep } from 'node:timers/promises'

export class Rounds {
  #round
  #stopped = new AbortController()
  #running

  /** `round` resolves to the milliseconds until the next. */
  constructor(round) {
    this.#round = round
  }

  start() {
    this.#running ??= this.#go()
  }

  async stop() {
    this.#stopped.abort()
    await this.#running
  }

  async #go() {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      const gapMs = await this.#round()
      await sleep(gapMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
