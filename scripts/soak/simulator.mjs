// The trading system: `simulate` as a process of its own, which can be stopped amid whatever it does and goes on later,
// writing what it missed.
import { PROGRAM } from './exporter.mjs'
import { until } from './processes.mjs'

const HISTORY_WITHIN_MS = 600_000

export class Simulator {
  #process

  /** Resolves when the history is written; from then on it writes what happens. */
  async start({ processes, clock, postgres, clickhouse, words, seed }) {
    const process_ = processes.start(
      'simulator',
      process.execPath,
      [PROGRAM, 'simulate', '--dsn', postgres.dsn, '--clickhouse', clickhouse.url, '--seed', String(seed), ...words],
      { environment: clock.environment },
    )
    this.#process = process_
    await until(
      () => {
        if (process_.child.exitCode !== null) throw new Error(`the simulator ended: ${process_.log().slice(-2_000)}`)
        return process_.log().includes('the history is written')
      },
      {
        withinMs: HISTORY_WITHIN_MS,
        everyMs: 500,
        describe: () => `its history is written: ${process_.log().slice(-500)}`,
      },
    )
  }

  get pid() {
    return this.#process?.child.pid
  }

  /** Throws where it runs no more: what was measured since says nothing. */
  assertRuns() {
    const { child, log } = this.#process
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the simulator ended (${child.signalCode ?? child.exitCode}): ${log().slice(-2_000)}`)
  }

  pause() {
    this.#process.child.kill('SIGSTOP')
  }

  resume() {
    this.#process.child.kill('SIGCONT')
  }

  async stop() {
    if (this.#process === undefined) return
    this.resume()
    await this.#process.stop('SIGTERM', 5_000)
  }
}
