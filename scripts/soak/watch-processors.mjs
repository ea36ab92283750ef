// Who uses the processors: the machine as a whole, the exporter's thread that reads, ticks and answers, what of it goes
// into ticks and into collecting garbage, and the trading system beside it.
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { sumOf } from './metrics-page.mjs'

const EACH_MS = 5_000
/** Of /proc: its unit is the hundredth of a second everywhere that Node.js runs. */
const TICKS_A_SECOND = 100

/** Seconds that each has used so far, by the name of its measure; undefined of what is not there now. */
async function usedSeconds({ exporter, simulator }) {
  const page = await exporter.page().catch(() => undefined)
  return {
    'exporter thread': threadSeconds(exporter.pid),
    ticks: page && sumOf(page, 'quant_tick_duration_seconds_sum'),
    'garbage collection': page && sumOf(page, 'nodejs_gc_duration_seconds_sum'),
    simulator: threadSeconds(simulator.pid),
  }
}

export class ProcessorWatch {
  #options
  #timer
  #last
  #asking

  constructor(options) {
    this.#options = options
  }

  start() {
    this.#timer = setInterval(() => {
      // A page that takes long to come is asked for once.
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined
      })
    }, EACH_MS)
  }

  async stop() {
    clearInterval(this.#timer)
    await this.#asking
  }

  async #ask() {
    const { recorder } = this.#options
    const { phase } = recorder
    const next = { used: await usedSeconds(this.#options), machine: machineMs(), atMs: performance.now(), phase }
    const last = this.#last
    this.#last = next
    if (last === undefined || last.phase !== phase) return
    const { busy, all } = next.machine
    recorder.add('machine', (100 * (busy - last.machine.busy)) / (all - last.machine.all), phase)
    const seconds = (next.atMs - last.atMs) / 1_000
    for (const [name, used] of Object.entries(next.used)) {
      const share = (100 * (used - last.used[name])) / seconds
      // A process that began anew counts from nothing.
      if (share >= 0) recorder.add(name, share, phase)
    }
  }
}

/** Processor time of a process's first thread; undefined when it does not run. */
function threadSeconds(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8')
    // Behind the name, which may hold blanks: state is the third field, user and system time the 14th and 15th.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
  } catch (error) {
    // It ended between two looks.
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined
    throw error
  }
}

function machineMs() {
  const all = cpus().reduce((sum, { times }) => sum + Object.values(times).reduce((total, ms) => total + ms, 0), 0)
  const idle = cpus().reduce((sum, { times }) => sum + times.idle, 0)
  return { all, busy: all - idle }
}
