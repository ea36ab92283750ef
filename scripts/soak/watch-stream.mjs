// The stream as its clients see it, who are a process of their own.
import { fileURLToPath } from 'node:url'
import { API } from './exporter.mjs'
import { PROBE_NOTIONAL_USD, PROBE_STRATEGY } from './probe-orders.mjs'

const PROGRAM = fileURLToPath(new URL('stream-listeners.mjs', import.meta.url))

export class StreamWatch {
  #options
  #process

  constructor(options) {
    this.#options = options
  }

  async start() {
    const { processes, exporter, clients, recorder, probe, clock } = this.#options
    const { strategies } = await exporter.ask('/strategies')
    const books = strategies.flatMap(({ strategy_id, accounts }) =>
      accounts.map((account) => ({ strategy_id, account })),
    )
    this.#process = processes.start(
      'stream-listeners',
      process.execPath,
      [PROGRAM, `${exporter.url}${API}/stream`, PROBE_STRATEGY, JSON.stringify(books), JSON.stringify(clients)],
      { hasChannel: true },
    )
    this.#process.child.on('message', ({ ages, probes, ...counts }) => {
      // Instants of frames are the exporter's; those of arrivals the machine's.
      const aheadMs = clock.now() - Date.now()
      for (const age of ages) recorder.add('frame to stream', age + aheadMs)
      for (const [notional, atMs] of probes) probe.seen('stream', Math.round(notional / PROBE_NOTIONAL_USD), atMs)
      for (const [name, count] of Object.entries(counts)) recorder.count(`stream ${name}`, count)
    })
  }

  async stop() {
    await this.#process?.stop('SIGKILL')
  }
}
