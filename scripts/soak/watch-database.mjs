// What the exporter costs its databases: statements a second of the role that reads, WAL of the role that writes.
import { READER, STORE } from './postgres.mjs'

const EACH_MS = 5_000

export class DatabaseWatch {
  #options
  #timer
  #last
  #asking = Promise.resolve()

  constructor(options) {
    this.#options = options
  }

  start() {
    this.#timer = setInterval(() => {
      this.#asking = this.#ask()
    }, EACH_MS)
  }

  async stop() {
    clearInterval(this.#timer)
    await this.#asking
  }

  async #ask() {
    const { postgres, recorder } = this.#options
    const { phase } = recorder
    const counts = await postgres.counts().catch(() => undefined)
    const next = counts && { counts, phase, at: performance.now() }
    const last = this.#last
    this.#last = next
    // A server that was started anew counts from its files, or from nothing.
    if (next === undefined || last === undefined || next.phase !== last.phase) return
    const seconds = (next.at - last.at) / 1000
    const rate = (role, what) => ((counts.roles[role]?.[what] ?? 0) - (last.counts.roles[role]?.[what] ?? 0)) / seconds
    const revisions = (counts.orderRevisions - last.counts.orderRevisions) / seconds
    if (rate(READER, 'statements') < 0 || revisions < 0) return
    recorder.add('order revisions', revisions, phase)
    recorder.add('statements upstream', rate(READER, 'statements'), phase)
    recorder.add('WAL of the store', rate(STORE, 'wal') / 1024, phase)
  }
}
