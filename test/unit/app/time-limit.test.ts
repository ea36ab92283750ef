import { setTimeout as pause } from 'node:timers/promises'
import { withTimeLimit } from '../../../src/app/time-limit.js'

const TIME_IS_UP = new Error('the time is up')
const never = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

test('work that takes too long ends with the error of its limit, or with that of whoever wants it to end', async () => {
  const stop = new AbortController()
  await expect(withTimeLimit(stop.signal, 1, TIME_IS_UP, never)).rejects.toBe(TIME_IS_UP)
  const running = withTimeLimit(stop.signal, 3_600_000, TIME_IS_UP, never)
  stop.abort(new Error('stopped'))
  await expect(running).rejects.toThrow('stopped')
})

test('the time begins anew as often as work says so', async () => {
  let isAborted = false
  await withTimeLimit(new AbortController().signal, 3_000, TIME_IS_UP, async (signal, beginAnew) => {
    for (let step = 0; step < 5; step += 1) {
      await pause(700)
      beginAnew()
    }
    isAborted = signal.aborted
  })
  expect(isAborted).toBe(false)
})
