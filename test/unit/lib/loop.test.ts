import { Loop, type LoopOptions } from '../../../src/lib/loop.js'

/** A clock that jumps by what is slept, and a loop on it that ends by itself after some rounds. */
function loopOf(rounds: number, options: Partial<LoopOptions> & { tookMs?: (round: number) => number } = {}) {
  let nowMs = 10_250
  let round = 0
  const startedAt: number[] = []
  const slept: number[] = []
  const errors: unknown[] = []
  const overruns: number[] = []
  const loop: Loop = new Loop({
    periodMs: 1_000,
    random: () => 1,
    nowMs: () => nowMs,
    sleep: async (durationMs) => {
      slept.push(durationMs)
      nowMs += durationMs
      await Promise.resolve()
    },
    onError: (error) => void errors.push(error),
    onOverrun: (lateMs) => void overruns.push(lateMs),
    ...options,
    run: async (signal) => {
      startedAt.push(nowMs)
      nowMs += options.tookMs?.(round) ?? 10
      round += 1
      if (round >= rounds) void loop.stop()
      await options.run?.(signal)
    },
  })
  return { loop, startedAt, slept, errors, overruns }
}

/** Lets all promises that are ready run on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve()
}

describe('a loop', () => {
  test('runs on whole multiples of its period', async () => {
    const { loop, startedAt } = loopOf(3)
    loop.start()
    await settle()
    expect(startedAt).toEqual([11_000, 12_000, 13_000])
  })

  test('skips the beats that a long round missed and tells how late it was', async () => {
    const { loop, startedAt, overruns } = loopOf(3, { tookMs: (round) => (round === 0 ? 2_500 : 10) })
    loop.start()
    await settle()
    expect(startedAt).toEqual([11_000, 14_000, 15_000])
    expect(overruns).toEqual([1_500])
  })

  test('goes on after a failure, waiting longer each time and at most ten seconds', async () => {
    const { loop, slept, errors } = loopOf(8, {
      run: async () => {
        throw new Error('no')
      },
    })
    loop.start()
    await settle()
    expect(errors).toHaveLength(7)
    expect(slept.slice(1)).toEqual([2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000])
  })

  test('starts once, and stops after the round under way', async () => {
    let finish = () => undefined as unknown
    const { loop, startedAt } = loopOf(99, {
      run: () =>
        new Promise<void>((resolve) => {
          finish = () => resolve()
        }),
    })
    loop.start()
    loop.start()
    await settle()
    let stopped = false
    const stopping = loop.stop().then(() => {
      stopped = true
    })
    await settle()
    expect(stopped).toBe(false)
    finish()
    await stopping
    expect(startedAt).toHaveLength(1)
  })
})
