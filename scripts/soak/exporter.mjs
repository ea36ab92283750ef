// The exporter under test: `serve`, as anybody starts it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { until } from './processes.mjs'

export const PROGRAM = fileURLToPath(new URL('../../bin/quant-exporter.js', import.meta.url))
export const API = '/api/torghut/trading/control-plane/quant'

const READY_WITHIN_MS = 400_000

export class Exporter {
  #start
  #process
  #port

  constructor({ processes, name = 'exporter', port, environment, clock }) {
    this.#port = port
    this.#start = () =>
      processes.start(name, process.execPath, [PROGRAM, 'serve'], {
        environment: { ...environment, ...clock.environment },
      })
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`
  }

  get pid() {
    return this.#process?.child.pid
  }

  get target() {
    return `127.0.0.1:${this.#port}`
  }

  /** Starts it and waits until it is ready; the milliseconds that took. */
  async start() {
    const process = this.#start()
    this.#process = process
    return until(
      async () => {
        if (process.child.exitCode !== null || process.child.signalCode !== null)
          throw new Error(`the exporter ended at its start: ${process.log().slice(-2_000)}`)
        return this.isReady()
      },
      { withinMs: READY_WITHIN_MS, describe: () => `the exporter is ready: ${process.log().slice(-2_000)}` },
    )
  }

  stop(signal = 'SIGTERM') {
    return this.#process?.stop(signal)
  }

  log() {
    return this.#process.log()
  }

  isReady() {
    return fetch(`${this.url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    )
  }

  /** An answer of the API; rejects when there is none or it is no success. */
  async ask(path) {
    const response = await fetch(`${this.url}${API}${path}`)
    if (!response.ok) throw new Error(`${path} is answered with ${response.status}: ${await response.text()}`)
    return response.json()
  }

  async page() {
    const response = await fetch(`${this.url}/metrics`)
    return response.text()
  }

  /** Resident memory in bytes; undefined while it does not run. */
  rss() {
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? []
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
    } catch (error) {
      // It ended between two looks.
      if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined
      throw error
    }
  }
}
