import { TimeShare } from '../../../src/lib/time-share.js'

test('what takes a second of three quarters of the time begins again after a third of a second', () => {
  const time = new TimeShare(0.75)
  expect(time.isDue(0)).toBe(true)
  time.spent(10_000, 11_000)
  expect([11_000, 11_333, 11_334].map((now) => time.isDue(now))).toEqual([false, false, true])
})

test('what is quick begins no sooner than it may', () => {
  const time = new TimeShare(0.2, 250)
  time.spent(1_000, 1_010)
  expect([1_249, 1_250].map((now) => time.isDue(now))).toEqual([false, true])
})
