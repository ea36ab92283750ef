import { readFileSync } from 'node:fs'
import { runCli } from './cli/run.js'
import { saveLittleMemory } from './lib/heap-growth.js'

/** Ctrl-C under npm arrives twice at once: from the terminal and from npm. That is one wish, not impatience. */
const ONE_WISH_MS = 1_000

saveLittleMemory()

const stop = new AbortController()
let stoppedAtMs = Number.POSITIVE_INFINITY
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A later signal is from somebody who does not want to wait.
    if (performance.now() - stoppedAtMs > ONE_WISH_MS) process.exit(130)
    stoppedAtMs = Math.min(stoppedAtMs, performance.now())
    stop.abort()
  })
}

// Whoever reads our output, such as head, may have seen enough: no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runCli(process.argv.slice(2), {
  environment: process.env,
  version: String(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version),
  signal: stop.signal,
  onHangUp: (listener) => void process.on('SIGHUP', listener),
  terminal: {
    isInteractive: process.stdout.isTTY === true && process.stderr.isTTY === true,
    // Asked for each time: a window can be given another size.
    get columns() {
      return process.stdout.columns ?? 80
    },
    get rows() {
      return process.stdout.rows ?? 24
    },
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  },
})
