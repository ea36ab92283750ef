import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until something holds; the milliseconds that took. Throws when it does not within the time, of which busy
 * machines need plenty. `everyMs` is for what is dear to ask.
 */
export async function until(holds: () => Promise<boolean> | boolean, withinMs = 20_000, everyMs = 20): Promise<number> {
  const startedAt = performance.now()
  while (!(await holds())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not within ${withinMs} ms: ${holds}`)
    await sleep(everyMs)
  }
  return performance.now() - startedAt
}
