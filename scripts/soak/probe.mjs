// Writes the probe's orders on a schedule of random gaps, so that they are in no step with the exporter's polls, and times
// each until a page of metrics and a client of the stream have it.

import { Rounds } from '../rounds.mjs'
import { openPool } from './postgres.mjs'
import { countProbeOrders, probesIn, writeProbeOrder } from './probe-orders.mjs'
import { until } from './processes.mjs'

export class Probe {
  #pool
  #clock
  #recorder
  #gapMs
  #count = 0
  #isPaused = true
  #writing = Promise.resolve()
  /** By count: the instant of the commit, and who has yet to show it. */
  #waiting = { metrics: new Map(), stream: new Map() }
  #rounds = new Rounds(() => this.#round())
  #isSure = false

  constructor({ dsn, clock, recorder, gapMs }) {
    this.#pool = openPool(dsn, 1)
    this.#clock = clock
    this.#recorder = recorder
    this.#gapMs = gapMs
  }

  start() {
    this.#isPaused = false
    this.#rounds.start()
  }

  /** Resolves when no order is on its way. */
  async pause() {
    this.#isPaused = true
    await this.#writing
    this.forget()
  }

  resume() {
    this.#isPaused = false
  }

  async stop() {
    await this.#rounds.stop()
    await this.#pool.end()
  }

  /** Orders that are there, by the table. */
  inTable() {
    return countProbeOrders(this.#pool)
  }

  /** Waits until an exporter shows as many as the table holds now; the milliseconds that took. */
  isShownBy(exporter, withinMs) {
    let wanted
    return until(
      async () => {
        // The table's server may be what was down.
        wanted ??= await this.inTable().catch(() => undefined)
        const shown = probesIn(await exporter.page().catch(() => ''))
        return wanted > 0 && shown >= wanted
      },
      { withinMs, everyMs: 50, describe: () => `the ${wanted} orders of the probe are shown` },
    )
  }

  /** What is not seen yet is no measurement any more: its time was a fault's. */
  forget() {
    for (const waiting of Object.values(this.#waiting)) waiting.clear()
  }

  /** Somebody (`metrics` or `stream`) shows so many of them, at this instant of the machine's clock. */
  seen(where, count, atMs) {
    for (const [index, committed] of this.#waiting[where]) {
      if (index > count) continue
      this.#waiting[where].delete(index)
      this.#recorder.add(`event to ${where}`, atMs - committed.atMs, committed.phase)
    }
  }

  async #round() {
    if (!this.#isPaused) {
      this.#writing = this.#write()
      await this.#writing
    }
    return this.#gapMs * (0.5 + Math.random())
  }

  async #write() {
    try {
      // After a failure nobody knows whether the last one was committed, save the table.
      if (!this.#isSure) this.#count = await this.inTable()
      this.#isSure = true
      await writeProbeOrder(this.#pool, this.#count, this.#clock.now())
      this.#count += 1
      const committed = { atMs: wallMs(), phase: this.#recorder.phase }
      for (const waiting of Object.values(this.#waiting)) waiting.set(this.#count, committed)
    } catch {
      this.#recorder.count('probe orders that could not be written')
      this.#isSure = false
    }
  }
}

/** The machine's clock, finer than a millisecond and the same in all of the soak's processes. */
export function wallMs() {
  return performance.timeOrigin + performance.now()
}
