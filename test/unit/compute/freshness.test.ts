import { DICTIONARY } from '../../../src/compute/dictionary.js'
import type { LevelMetric } from '../../../src/compute/metrics/definition.js'
import type { Fact } from '../../../src/domain/facts.js'
import type { Tier } from '../../../src/domain/metric.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { decision, filled, instant, order, strategy } from '../../support/facts.js'
import { staleGroups, Watch } from '../../support/watch.js'

/** METRICS section 3: freshness is knowledge. What is silent turns what rests on it stale, in time, and nothing else. */

const newYork = (day: string, time: string, zone = '-04:00') => instant(`${day}T${time}${zone}`)
const SYMBOLS = ['AAA', 'BBB']
/** Turnover is of an equity, so the trades are among them. */
const MARKED = 'performance trades exposure'

/** A book that holds AAA, watches both symbols, and has a value in every group. */
function bookAt(start: EpochMs, calendar: 'XNYS' | '24x7' = 'XNYS'): Fact[] {
  const routed = { adapter: 'alpaca', expected_adapter: 'alpaca' }
  return [
    strategy({ accounts: ['PA1'], universe: SYMBOLS, calendar }),
    decision({ at: start - 61 * SECOND_MS }),
    filled({ at: start - MINUTE_MS, side: 'buy', qty: 10, price: 100, ...routed }),
  ]
}

/** A process that has seen its sources speak for ten seconds. */
function watching(at: EpochMs, calendar: 'XNYS' | '24x7' = 'XNYS'): Watch {
  const watch = new Watch(at - 10 * SECOND_MS, bookAt(at - 10 * SECOND_MS, calendar), SYMBOLS)
  expect(watch.changes(at - 9 * SECOND_MS, at)).toEqual([[0, '']])
  return watch
}

describe('a source that falls silent for three minutes in session', () => {
  const noon = newYork('2026-07-15', '12:00:00')
  const silence = (told: Parameters<Watch['tick']>[1]) => {
    const watch = watching(noon)
    const silent = watch.changes(noon + SECOND_MS, noon + 180 * SECOND_MS, told)
    const back = watch.changes(noon + 181 * SECOND_MS, noon + 190 * SECOND_MS)
    return [...silent, ...back]
  }

  test('signals: the pipeline group, 120 s and a tick after the last one and two ticks in a row; two more and it is over', () => {
    expect(silence({ signals: false })).toEqual([
      [0, ''],
      [122, 'pipeline'],
      [0, 'pipeline'],
      [1, ''],
    ])
  })

  test('bars: what is marked with them, and the pipeline group', () => {
    expect(silence({ bars: false })).toEqual([
      [0, ''],
      [122, `${MARKED} pipeline`],
      [0, `${MARKED} pipeline`],
      [1, ''],
    ])
  })

  test('snapshots: what rests on equity, 60 s and a tick after the last one', () => {
    expect(silence({ snapshots: false })).toEqual([
      [0, ''],
      [62, 'performance risk_adjusted trades exposure'],
      [0, 'performance risk_adjusted trades exposure'],
      [1, ''],
    ])
  })

  test('Postgres: everything, 15 s and a tick after the last complete read', () => {
    expect(silence({ ordersAsOf: noon })).toEqual([
      [0, ''],
      [17, 'performance risk_adjusted trades execution exposure pipeline'],
      [0, 'performance risk_adjusted trades execution exposure pipeline'],
      [1, ''],
    ])
  })

  test('a pause that ends at the limit turns nothing', () => {
    const watch = watching(noon)
    expect(watch.changes(noon + SECOND_MS, noon + 122 * SECOND_MS, { bars: false, signals: false })).toEqual([[0, '']])
    expect(watch.changes(noon + 123 * SECOND_MS, noon + 130 * SECOND_MS)).toEqual([[0, '']])
  })
})

describe('silence that is no news', () => {
  test('a quiet hour: no order, no decision, no trade in what is held', () => {
    const noon = newYork('2026-07-15', '12:00:00')
    const watch = watching(noon)
    for (let at = noon; at <= noon + HOUR_MS; at += 15 * SECOND_MS) expect(staleGroups(watch.tick(at), at)).toBe('')
  })

  test.each([
    ['a weekend', '2026-07-17', '2026-07-20', '16:00:00', '-04:00', '-04:00'],
    ['a weekend on which clocks go back', '2026-10-30', '2026-11-02', '16:00:00', '-04:00', '-05:00'],
    ['a weekend on which clocks go forward', '2026-03-06', '2026-03-09', '16:00:00', '-05:00', '-04:00'],
    ['a weekend after a half day', '2026-11-27', '2026-11-30', '13:00:00', '-05:00', '-05:00'],
    ['a holiday', '2026-11-25', '2026-11-27', '16:00:00', '-05:00', '-05:00'],
  ])(
    '%s: nothing turns stale until snapshots, and then bars and signals, are late after the open',
    (_, lastDay, nextDay, closesAt, before, after) => {
      const close = newYork(lastDay, closesAt, before)
      const watch = watching(close)
      const silent = { bars: false, signals: false, snapshots: false }
      for (const at of [close + MINUTE_MS, close + 5 * MINUTE_MS, close + 12 * HOUR_MS, close + 36 * HOUR_MS])
        expect(staleGroups(watch.tick(at, silent), at)).toBe('')
      for (const time of ['08:00:00', '08:00:01', '09:29:59', '09:30:00'])
        expect(staleGroups(watch.tick(newYork(nextDay, time, after), silent), newYork(nextDay, time, after))).toBe('')
      const open = newYork(nextDay, '09:30:00', after)
      expect(watch.changes(open + SECOND_MS, open + 130 * SECOND_MS, silent)).toEqual([
        [0, ''],
        [62, MARKED],
        [122, `${MARKED} pipeline`],
      ])
      const ten = newYork(nextDay, '10:00:00', after)
      expect(watch.changes(ten, ten + 2 * SECOND_MS)).toEqual([
        [0, 'performance risk_adjusted trades exposure pipeline'],
        [1, ''],
      ])
    },
  )

  test('a market that never closes has no such rest', () => {
    const sunday = newYork('2026-07-19', '03:00:00')
    const watch = watching(sunday, '24x7')
    expect(watch.changes(sunday + SECOND_MS, sunday + 125 * SECOND_MS, { bars: false, signals: false })).toEqual([
      [0, ''],
      [122, `${MARKED} pipeline`],
    ])
  })
})

describe('a slower tier', () => {
  const noon = newYork('2026-07-15', '12:00:00')
  const metric = (tier: Tier): LevelMetric => ({
    name: tier,
    group: 'pipeline',
    unit: 'count',
    tier,
    windows: 'level',
    formulaVersion: 'v1',
    prometheus: tier,
    sources: ['orders', 'prices'],
    summary: '',
    compute: () => ({ status: 'ok', value: 1 }),
  })
  const dictionary = [metric('light'), metric('medium'), metric('heavy')]
  const watch = () => new Watch(noon, bookAt(noon), SYMBOLS, { dictionary })

  test('rests on what was known at its own instant', () => {
    const watched = watch()
    for (let second = 0; second <= 37; second += 1) watched.tick(noon + second * SECOND_MS)
    const { sources } = watched.tick(noon + 38 * SECOND_MS)
    const asOf = (tier: Tier) => ((sources[tier].prices.asOf ?? 0) - noon) / SECOND_MS
    expect([asOf('light'), asOf('medium'), asOf('heavy')]).toEqual([38, 35, 30])
    expect(((sources.heavy.orders.asOf ?? 0) - noon) / SECOND_MS).toBe(30)
  })

  test('is stale by its period later, so that a heavy metric is not stale half the time', () => {
    const watched = watch()
    watched.tick(noon)
    const turned: Partial<Record<Tier, number>> = {}
    for (let second = 1; second <= 160; second += 1) {
      const { sources } = watched.tick(noon + second * SECOND_MS, { bars: false, snapshots: false })
      for (const tier of ['light', 'medium', 'heavy'] as const) if (sources[tier].prices.stale) turned[tier] ??= second
    }
    expect(turned).toEqual({ light: 123, medium: 127, heavy: 152 })
  })

  test('knows nothing that is later than its instant, also in the first frame of a process', () => {
    const watched = watch()
    const { sources } = watched.tick(noon + 7 * SECOND_MS)
    expect(sources.medium.prices.asOf).toBe(noon + 5 * SECOND_MS)
    expect(sources.medium.orders.asOf).toBe(noon + 5 * SECOND_MS)
  })
})

describe('snapshots', () => {
  const noon = newYork('2026-07-15', '12:00:00')
  const isStaleAfter = (gapMs: number) => {
    const dictionary = DICTIONARY.map((definition) =>
      definition.name === 'net_pnl' ? { ...definition, sources: ['snapshots'] as const } : definition,
    )
    const watched = new Watch(noon - DAY_MS, bookAt(noon - DAY_MS), SYMBOLS, { dictionary })
    for (let at = noon - 30 * gapMs; at <= noon; at += gapMs) watched.tick(at)
    for (let second = 1; ; second += 1)
      if (watched.tick(noon + second * SECOND_MS, { snapshots: false }).sources.light.snapshots.stale) return second
  }

  test.each([
    ['15 s', 15_000, 60],
    ['a minute', 60_000, 150],
  ])('that came every %s are old after 2.5 of them, and a minute at least', (_, gapMs, limitSeconds) => {
    expect(isStaleAfter(gapMs)).toBe(limitSeconds + 3)
  })
})

test('an order that stays open makes nothing stale', () => {
  const noon = newYork('2026-07-15', '12:00:00')
  const watch = watching(noon)
  watch.engine.apply([order({ execution_id: 'open', submitted_at: noon })])
  expect(watch.changes(noon + SECOND_MS, noon + 200 * SECOND_MS)).toEqual([[0, '']])
})
