import { setImmediate as immediate } from 'node:timers/promises'
import { atOnce } from '../../../src/lib/at-once.js'
import { inSlices } from '../../../src/lib/slices.js'

function* counted(to: number, onStep: () => void = () => undefined): Generator<number, string> {
  for (let step = 1; step <= to; step += 1) {
    onStep()
    yield step
  }
  return `${to} steps`
}

describe('steps', () => {
  test('give others their turn when their time is up, and end with what they come to', async () => {
    let turns = 0
    let isOver = false
    const others = (async () => {
      while (!isOver) {
        await immediate()
        turns += 1
      }
    })()
    const taken: number[] = []
    expect(await inSlices(counted(5), { sliceMs: 0 }, (step) => taken.push(step))).toBe('5 steps')
    isOver = true
    await others
    expect(taken).toEqual([1, 2, 3, 4, 5])
    expect(turns).toBeGreaterThanOrEqual(4)
  })

  test('go on without a pause while their time is not up', async () => {
    let turns = 0
    const running = inSlices(
      counted(1_000, () => {
        expect(turns).toBe(0)
      }),
      { sliceMs: 3_600_000 },
    )
    setImmediate(() => {
      turns += 1
    })
    expect(await running).toBe('1000 steps')
  })

  test.each([
    [10, [20, 20, 20]],
    [30, [20, 30, 30]],
    [500, [20, 100, 100]],
  ])('last as long as others take, within bounds: %d ms', async (othersMs, expected) => {
    let now = 0
    let done = 0
    const slices: number[] = []
    let isOver = false
    const others = (async () => {
      let before = 0
      while (!isOver) {
        await immediate()
        slices.push(done - before)
        before = done
        now += othersMs
      }
    })()
    const steps = counted(220, () => {
      now += 1
      done += 1
    })
    await inSlices(steps, { sliceMs: 20, mostMs: 100, nowMs: () => now })
    isOver = true
    await others
    expect(slices.filter((length) => length > 0).slice(0, 3)).toEqual(expected)
  })

  test('end where one fails, or who takes them does', async () => {
    const failing = counted(3, () => {
      throw new Error('no step')
    })
    await expect(inSlices(failing, { sliceMs: 0 })).rejects.toThrow('no step')
    const refusing = inSlices(counted(3), { sliceMs: 0 }, (step) => {
      if (step === 2) throw new Error('no more')
    })
    await expect(refusing).rejects.toThrow('no more')
  })

  test('are run at once where nobody waits', () => {
    expect(atOnce(counted(3))).toBe('3 steps')
  })
})
