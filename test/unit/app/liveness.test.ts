import { Liveness } from '../../../src/app/liveness.js'

test.each([
  [0, true],
  [59_999, true],
  [60_000, false],
  [600_000, false],
])('%d ms after the last step a process is alive: %s', (elapsedMs, isAlive) => {
  let nowMs = 5_000
  const liveness = new Liveness(() => nowMs)
  nowMs += 30_000
  liveness.beat()
  nowMs += elapsedMs
  expect(liveness.isAlive).toBe(isAlive)
  liveness.beat()
  expect(liveness.isAlive).toBe(true)
})
