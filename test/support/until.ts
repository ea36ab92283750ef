import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something holds; throws when it does not within the time, which busy machines need plenty of. */
export async function until(holds: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${holds}`)
    await sleep(50)
  }
}
