import { ComputeStages } from '../../../src/app/compute-stages.js'

const T = 1_795_203_000_000
const PERIODS = { light: 1_000, medium: 5_000, heavy: 30_000 }
const stages = (speed = 1) => new ComputeStages(['light', 'medium', 'heavy'], PERIODS, speed)
const statuses = (of: ComputeStages, now: number) =>
  of.health(now, 15_000, 7).map(({ stage, status }) => `${stage} ${status}`)

describe('the stages of computing', () => {
  test('are those of the tiers that a tick was due for', () => {
    const of = stages()
    expect(of.succeeded(T, Number.NEGATIVE_INFINITY)).toEqual(['light', 'medium', 'heavy'])
    expect(of.succeeded(T + 1_000, T)).toEqual(['light'])
    expect(of.succeeded(T + 5_000, T + 4_000)).toEqual(['light', 'medium'])
    expect(of.succeeded(T + 30_000, T + 29_000)).toEqual(['light', 'medium', 'heavy'])
  })

  test.each([
    [2_000, ['compute:light ok', 'compute:medium ok', 'compute:heavy ok']],
    [2_001, ['compute:light degraded', 'compute:medium ok', 'compute:heavy ok']],
    [10_001, ['compute:light degraded', 'compute:medium degraded', 'compute:heavy ok']],
    [16_001, ['compute:light failing', 'compute:medium degraded', 'compute:heavy ok']],
    [20_001, ['compute:light failing', 'compute:medium failing', 'compute:heavy ok']],
    [45_001, ['compute:light failing', 'compute:medium failing', 'compute:heavy failing']],
  ])('%d ms after the last tick each is judged by its own period', (elapsedMs, expected) => {
    const of = stages()
    of.succeeded(T, Number.NEGATIVE_INFINITY)
    expect(statuses(of, T + elapsedMs)).toEqual(expected)
  })

  test('a tick that fails is told of the tiers that were due, and of the fastest one between ticks', () => {
    const of = stages()
    of.succeeded(T, Number.NEGATIVE_INFINITY)
    expect(of.failed(T + 5_000, T, 'internal_error')).toBe(true)
    expect(of.failed(T + 250, T, 'internal_error')).toBe(false)
    expect(
      of.health(T + 5_000, 15_000, 7).map(({ errorsTotal, lastErrorCode }) => [errorsTotal, lastErrorCode]),
    ).toEqual([
      [2, 'internal_error'],
      [1, 'internal_error'],
      [0, null],
    ])
  })

  test('a clock that runs faster has longer periods', () => {
    const of = stages(60)
    of.succeeded(T, Number.NEGATIVE_INFINITY)
    expect(statuses(of, T + 120_000)[0]).toBe('compute:light failing')
    expect(of.health(T + 60_000, 15_000 * 60, 7)[0]?.status).toBe('ok')
  })
})
