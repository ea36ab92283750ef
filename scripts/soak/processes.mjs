// Processes of a soak: started with nothing of our environment but the path, their output kept in a file each, and ended
// with us however we end.
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const TAIL_CHARACTERS = 20_000

/** Somebody wants the soak to end: whatever is waited for is waited for no more. */
export const interruption = new AbortController()
const interrupted = new Promise((_, reject) => {
  const { signal } = interruption
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
})
interrupted.catch(() => undefined)

export class Processes {
  #folder
  #running = new Set()

  constructor(folder) {
    this.#folder = folder
    // A crash of ours leaves nobody behind; an orderly end has stopped them all before.
    process.on('exit', () => {
      for (const { child } of this.#running) child.kill('SIGKILL')
    })
  }

  /** Ends whatever still runs. */
  async stopAll() {
    await Promise.all([...this.#running].map((running) => running.stop('SIGKILL')))
  }

  /** Starts a program; `name` names its log. */
  start(name, program, words, options = {}) {
    const { environment = {}, ...others } = options
    const child = spawn(program, words, {
      env: { PATH: process.env.PATH ?? '', TMPDIR: this.#folder, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', ...(others.hasChannel ? ['ipc'] : [])],
      ...others,
    })
    const file = createWriteStream(join(this.#folder, `${name}.log`), { flags: 'a' })
    let tail = ''
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8')
      output.on('data', (text) => {
        file.write(text)
        tail = (tail + text).slice(-TAIL_CHARACTERS)
      })
    }
    const ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ error }))
      child.once('close', (code, signal) => resolve({ code, signal }))
    }).then((exit) => {
      this.#running.delete(running)
      file.end()
      return exit
    })
    const running = {
      ...{ name, child, ended },
      /** The end of what it printed. */
      log: () => tail,
      /** How it ended, once it has; SIGKILL after `withinMs`. */
      async stop(signal = 'SIGTERM', withinMs = 20_000) {
        if (child.exitCode === null && child.signalCode === null) child.kill(signal)
        const exit = await Promise.race([ended, sleep(withinMs, undefined, { ref: false })])
        if (exit !== undefined) return exit
        child.kill('SIGKILL')
        return { ...(await ended), wasKilled: true }
      },
    }
    this.#running.add(running)
    return running
  }
}

/** Waits until something holds; the milliseconds that took. Rejects with what `describe` says when it does not in time. */
export async function until(holds, { withinMs, everyMs = 100, describe }) {
  const startedMs = performance.now()
  for (;;) {
    if (await Promise.race([holds(), interrupted])) return performance.now() - startedMs
    if (performance.now() - startedMs > withinMs) throw new Error(`not within ${withinMs / 1000} s: ${describe()}`)
    await sleep(everyMs)
  }
}
