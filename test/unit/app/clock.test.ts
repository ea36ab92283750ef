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

test('the system clock follows a step ahead and stands after a step back until the machine has come there again', () => {
  const realNow = Date.now
  try {
    const clock = createSystemClock()
    const readings = [10_000, 70_000, 11_000, 69_999, 70_001].map((now) => {
      Date.now = () => now
      return clock.now()
    })
    expect(readings).toEqual([10_000, 70_000, 70_000, 70_000, 70_001])
  } finally {
    Date.now = realNow
  }
})
