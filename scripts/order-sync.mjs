// Orders that are written again without anything new in them, as a trading system's sync does with every open order.
import { Rounds } from './rounds.mjs'

const EACH_MS = 250
/** How often one order is written again. */
const AGAIN_AFTER_SECONDS = 15

export class OrderSync {
  #options
  #ids = []
  #next = 0
  #isPaused = false
  #writing = Promise.resolve()
  #rounds = new Rounds(() => this.#round())

  /** `client` runs statements, `now` is the trading system's clock; `onError` is told of what could not be written. */
  constructor({ client, now, perSecond, onError }) {
    this.#options = { client, now, perSecond, onError }
  }

  /** From now on the newest orders that there are have their turns. */
  async start() {
    const { client, perSecond } = this.#options
    const { rows } = await client.query('SELECT id FROM executions ORDER BY created_at DESC LIMIT $1', [
      perSecond * AGAIN_AFTER_SECONDS,
    ])
    this.#ids = rows.map(({ id }) => id)
    this.#rounds.start()
  }

  /** Resolves when nothing is on its way. */
  async pause() {
    this.#isPaused = true
    await this.#writing
  }

  resume() {
    this.#isPaused = false
  }

  stop() {
    return this.#rounds.stop()
  }

  async #round() {
    const startedMs = performance.now()
    if (!this.#isPaused) {
      this.#writing = this.#write()
      await this.#writing
    }
    return Math.max(0, EACH_MS - (performance.now() - startedMs))
  }

  async #write() {
    const { client, now, perSecond, onError } = this.#options
    const count = Math.round((perSecond * EACH_MS) / 1000)
    const ids = Array.from({ length: count }, (_, index) => this.#ids[(this.#next + index) % this.#ids.length])
    this.#next = (this.#next + count) % this.#ids.length
    try {
      // Rows that somebody else is writing are left to him: whoever waited for them could be waited for.
      await client.query(
        `UPDATE executions SET updated_at = $2
         WHERE id IN (SELECT id FROM executions WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED)`,
        [ids, new Date(now()).toISOString()],
      )
    } catch (error) {
      onError(error)
    }
  }
}
