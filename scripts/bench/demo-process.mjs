// The demo as a process of its own, for figures from outside.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const READY_WITHIN_MS = 180_000
/** A Friday afternoon in New York: the market is open whenever the bench runs. */
const MOMENT = '2026-11-20T18:00:00Z'

/** Starts it with its whole history and resolves when its first frame is out and the history is complete. */
export async function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), 'quant-bench-'))
  const program = fileURLToPath(new URL('../../bin/quant-exporter.js', import.meta.url))
  const child = spawn(process.execPath, [program, 'demo', '--at', MOMENT], {
    env: { PATH: process.env.PATH ?? '', TMPDIR: folder, QUANT_LISTEN: '127.0.0.1:0', QUANT_LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  let out = ''
  let log = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    log = (log + chunk).slice(-20_000)
  })
  const stop = async () => {
    process.off('SIGINT', leave).off('SIGTERM', leave)
    if (child.exitCode === null) child.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const leave = () => void stop().then(() => process.exit(130))
  process.once('SIGINT', leave).once('SIGTERM', leave)
  try {
    const find = (pattern) => pattern.exec(out)?.[1]
    const untilMs = performance.now() + READY_WITHIN_MS
    const waitFor = async (condition) => {
      while (!(await condition())) {
        if (child.exitCode !== null) throw new Error(`the demo ended: ${log}`)
        if (performance.now() > untilMs) throw new Error(`the demo is not ready: ${log}`)
        await sleep(100)
      }
    }
    await waitFor(() => out.includes('Ctrl-C'))
    const url = find(/start here\s+(\S+)\/\n/)
    await waitFor(async () => (await fetch(`${url}/readyz`)).status === 200)
    await waitFor(() => log.includes('the history is written'))
    return {
      url,
      api: `${url}/api/torghut/trading/control-plane/quant`,
      postgres: find(/databases\s+(\S+)/),
      log: () => log,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
