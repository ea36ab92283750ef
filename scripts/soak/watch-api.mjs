// Somebody who uses the JSON API: asks for one thing after the other, a few a second.

import { Rounds } from '../rounds.mjs'
import { API } from './exporter.mjs'

const GAP_MS = 200

export class ApiWatch {
  #options
  #rounds = new Rounds(() => this.#round())
  #books
  #turn = 0

  constructor(options) {
    this.#options = options
  }

  async start() {
    const { strategies } = await this.#options.exporter.ask('/strategies')
    this.#books = strategies.flatMap(({ strategy_id, accounts }) =>
      accounts.map((account) => new URLSearchParams({ strategy_id, account })),
    )
    this.#rounds.start()
  }

  stop() {
    return this.#rounds.stop()
  }

  async #round() {
    const { exporter, clock, recorder } = this.#options
    const turn = this.#turn++
    const book = this.#books[turn % this.#books.length]
    const paths = [`/snapshot?${book}&window=1d`, '/health', `/snapshot?${book}&window=15m`, '/alerts', '/strategies']
    const path = paths[turn % paths.length]
    const { phase } = recorder
    const startedMs = performance.now()
    try {
      const response = await fetch(`${exporter.url}${API}${path}`)
      const body = await response.json()
      if (response.ok) recorder.add('API answer', performance.now() - startedMs, phase)
      else recorder.count(`API answers ${response.status}`)
      if (body.frame_as_of !== undefined)
        recorder.add('snapshot age', clock.now() - Date.parse(body.frame_as_of), phase)
    } catch {
      // What there is to say of it is how often: the exporter is stopped and killed here.
      recorder.count('API requests without an answer')
    }
    return GAP_MS
  }
}
