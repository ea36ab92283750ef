import { createHeldClock, createSystemClock } from '../../../src/app/clock.js'

test('a held clock stands at its start until released, then runs at its speed', () => {
  let monotonicMs = 5_000
  const clock = createHeldClock({ startAt: 1_000_000, speed: 60, monotonicMs: () => monotonicMs })
  monotonicMs += 10_000
  expect(clock.now()).toBe(1_000_000)
  clock.release()
  clock.release()
  monotonicMs += 500
  expect(clock.now()).toBe(1_030_000)
})

test('the system clock never goes back', () => {
  const clock = createSystemClock()
  const readings = Array.from({ length: 1_000 }, () => clock.now())
  expect(readings).toEqual([...readings].sort((a, b) => a - b))
})
