import type { LevelMetric } from '../../../src/compute/metrics/definition.js'
import type { LevelView } from '../../../src/compute/view.js'
import { answered, applyAll, bookOf, createEngine } from '../../support/engine.js'
import { bar, decision, filled, instant, strategy } from '../../support/facts.js'

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const BOOK = strategy({ accounts: ['PA1'] })
const BOUGHT = { execution_id: 'bought', side: 'buy', qty: 1, price: 100 } as const

describe('tiers', () => {
  const base = {
    group: 'pipeline',
    unit: 'ms',
    formulaVersion: 'v1',
    windows: 'level',
    sources: ['orders'],
    summary: '',
  } as const
  const metric = (name: string, tier: LevelMetric['tier'], value: (level: LevelView) => number): LevelMetric => ({
    ...base,
    name,
    tier,
    prometheus: name,
    compute: (level) => ({ status: 'ok', value: value(level) }),
  })
  const held = (level: LevelView) => (level.positions.known ? level.positions.value.length : -1)
  const price = (level: LevelView) =>
    level.positions.known ? Number(level.positions.value[0]?.mark.priceE8 ?? 0n) / 1e8 : -1

  test('are computed at their own instants', () => {
    const dictionary = (['light', 'medium', 'heavy'] as const).map((tier) => metric(tier, tier, (level) => level.at))
    const engine = createEngine({ startAt: at('10:00:00'), dictionary })
    engine.apply([BOOK])
    const instants = (time: string) =>
      bookOf(engine.tick(at(time), answered(0))).windows['1m'].results.map((result) =>
        result?.status === 'ok' ? (at(time) - result.value) / 1_000 : result?.reason,
      )
    expect(instants('10:00:07')).toEqual([0, 2, 7])
    engine.apply([decision({ at: at('10:00:08') })])
    expect(instants('10:00:34')).toEqual([0, 4, 4])
  })

  test('take a fact in at their next instant', () => {
    const dictionary = [metric('light', 'light', held), metric('medium', 'medium', held)]
    const engine = createEngine({ startAt: at('10:00:00'), dictionary })
    engine.apply([BOOK, filled({ at: at('10:00:06'), side: 'buy', qty: 1, price: 100 })])
    const counts = (time: string) =>
      bookOf(engine.tick(at(time), answered(0))).windows['1m'].results.map(
        (result) => result?.status === 'ok' && result.value,
      )
    expect(counts('10:00:05')).toEqual([0, 0])
    expect(counts('10:00:07')).toEqual([1, 0])
    expect(counts('10:00:09.999')).toEqual([1, 0])
    expect(counts('10:00:10')).toEqual([1, 1])
  })

  test('a slow one that does not see a position yet does not hide its prices from a fast one', () => {
    const dictionary = [metric('light', 'light', price), metric('heavy', 'heavy', price)]
    const engine = createEngine({ startAt: at('10:00:01'), dictionary })
    applyAll(engine, [BOOK, filled({ at: at('10:00:01'), side: 'buy', qty: 1, price: 100 })])
    const light = (time: string) => bookOf(engine.tick(at(time), answered(0))).windows['1m'].results[0]
    expect(light('10:00:02')).toMatchObject({ value: 100 })
    engine.apply([bar('AAA', at('10:00:03'), 101)])
    expect(light('10:00:04')).toMatchObject({ value: 101 })
  })

  test('a slow one that had nothing to do at its instant does not take in later what was not known then', () => {
    const dictionary = [metric('light', 'light', held), metric('heavy', 'heavy', held)]
    const engine = createEngine({ startAt: at('10:00:00'), dictionary })
    engine.apply([BOOK])
    const counts = (time: string) =>
      bookOf(engine.tick(at(time), answered(0))).windows['1m'].results.map(
        (result) => result?.status === 'ok' && result.value,
      )
    expect(counts('10:00:00')).toEqual([0, 0])
    expect(counts('10:00:30')).toEqual([0, 0])
    engine.apply([filled({ at: at('10:00:29'), side: 'buy', qty: 1, price: 100 })])
    expect(counts('10:00:31')).toEqual([1, 0])
    expect(counts('10:01:00')).toEqual([1, 1])
  })

  test('the digest is of what is known at T, whether a slow one knows it yet; at its next instant it does', () => {
    const digestAt = (time: string, learnt: string) => {
      const engine = createEngine({ startAt: at('10:00:00') })
      engine.apply([BOOK])
      engine.tick(at('10:00:00'), answered(0))
      const instants = ['10:00:30', '10:00:31', '10:01:00'].filter((instant) => instant <= time)
      let digest = ''
      for (const instant of instants) {
        if (learnt === instant) engine.apply([filled({ ...BOUGHT, at: at('10:00:29') })])
        digest = bookOf(engine.tick(at(instant), answered(0))).inputsDigest
      }
      return digest
    }
    expect(digestAt('10:00:30', '10:00:30')).not.toBe(digestAt('10:00:30', '10:00:31'))
    expect(digestAt('10:00:31', '10:00:30')).toBe(digestAt('10:00:31', '10:00:31'))
    expect(digestAt('10:01:00', '10:00:30')).toBe(digestAt('10:01:00', '10:00:31'))
  })
})
