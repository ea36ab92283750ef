import { readFileSync } from 'node:fs'
import { runCli } from './cli/run.js'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second signal is from somebody who does not want to wait.
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  })
}

process.exitCode = await runCli(process.argv.slice(2), {
  environment: process.env,
  version: String(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version),
  signal: stop.signal,
  terminal: {
    isInteractive: process.stdout.isTTY === true && process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 80,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  },
})
