import { DICTIONARY } from '../../../src/compute/dictionary.js'
import type { MetricDefinition } from '../../../src/compute/metrics/definition.js'
import type { Fact } from '../../../src/domain/facts.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { WINDOWS } from '../../../src/domain/window.js'
import {
  answered,
  applyAll,
  bookOf,
  brief,
  briefs,
  briefsAt,
  createEngine,
  type EngineParts,
  framesAt,
  resultsOf,
  withoutFeeds,
} from '../../support/engine.js'
import { bar, decision, filled, instant, snapshot, strategy } from '../../support/facts.js'

/** METRICS section 3: what has no value because of a source, a calendar or a definition, whatever the book did. */

const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
const at = (time: string) => newYork('2026-07-15', time)
const BOOK = strategy({ accounts: ['PA1'] })

/** Bought the day before at 100; 101 an hour ago, 102 now. */
const HELD: readonly Fact[] = [
  filled({ at: newYork('2026-07-14', '11:00:00'), side: 'buy', qty: 10, price: 100 }),
  bar('AAA', at('10:00:00'), 101),
  bar('AAA', at('11:00:00'), 102),
]

describe('source_unavailable', () => {
  const waiting = (parts: EngineParts = {}, facts: readonly Fact[] = HELD) => {
    const now = at('11:00:00')
    const engine = createEngine({ startAt: now, ...parts })
    engine.apply(facts.filter((fact) => fact.fact !== 'bar'))
    return engine.tick(now, withoutFeeds(now))
  }

  test.each([
    ['held', HELD],
    ['flat', [BOOK]],
  ])('bars that never came leave a %s book what orders alone tell', (_, facts) => {
    const values = briefs(bookOf(waiting({}, facts)), '1h')
    const ofOrders = [
      ...['realized_pnl', 'cost_bps', 'cost_total', 'traded_notional', 'route_fallback_rate', 'decision_veto_rate'],
      ...['open_positions', 'context_freshness_seconds'],
      ...DICTIONARY.filter(
        ({ group, sources }) =>
          (group === 'trades' || group === 'execution') && sources.every((name) => name === 'orders'),
      ).map(({ name }) => name),
      // Of 5d and 20d only.
      'calmar',
      ...['max_drawdown', 'drawdown_duration_minutes', 'current_drawdown', 'pnl_reconciliation_gap'],
    ]
    for (const [name, value] of Object.entries(values))
      expect([name, value === 'source_unavailable']).toEqual([name, !ofOrders.includes(name)])
    expect(resultsOf(bookOf(waiting({}, facts))).gross_exposure?.meta).toEqual({ missing: ['clickhouse'] })
  })

  test('an exporter without a source of bars does without', () => {
    expect(briefs(bookOf(waiting({ feedsConfigured: false }))).gross_exposure).toBe(1_000)
  })

  test('is over with the first answer', () => {
    const now = at('11:00:00')
    const engine = createEngine({ startAt: now })
    engine.apply(HELD.filter((fact) => fact.fact !== 'bar'))
    expect(briefs(bookOf(engine.tick(now, withoutFeeds(now)))).gross_exposure).toBe('source_unavailable')
    expect(briefs(bookOf(engine.tick(now + 1_000, answered(now)))).gross_exposure).toBe(1_000)
  })
})

describe('calendar_out_of_range', () => {
  test.each(['2023-12-31T23:00:00-05:00', '2029-01-01T00:00:00-05:00'])('every metric is in error at %s', (text) => {
    const frame = bookOf(framesAt(instant(text), [BOOK]))
    for (const window of WINDOWS)
      for (const result of Object.values(resultsOf(frame, window)))
        expect(result).toEqual({ status: 'error', reason: 'calendar_out_of_range', meta: { calendar: 'XNYS' } })
  })

  test('the last session that the calendar knows is inside, to its last day', () => {
    const facts = [
      filled({ at: '2028-12-29T15:58:00-05:00', side: 'buy', qty: 10, price: 100 }),
      bar('AAA', instant('2028-12-29T15:59:00-05:00'), 101),
    ]
    for (const text of ['2028-12-29T15:59:30-05:00', '2028-12-31T23:59:59-05:00'])
      expect(briefsAt(instant(text), facts)).toMatchObject({ gross_pnl: 10, traded_notional: 1_000 })
  })

  test('says it at the very end, also to a process that has been there', () => {
    const engine = createEngine({ startAt: instant('2028-12-31T23:59:59-05:00') })
    engine.apply([BOOK])
    const statusAt = (text: string) => {
      const now = instant(text)
      return brief(resultsOf(bookOf(engine.tick(now, answered(now)))).gross_pnl)
    }
    expect(statusAt('2028-12-31T23:59:59-05:00')).toBe(0)
    expect(statusAt('2029-01-01T00:00:00-05:00')).toBe('calendar_out_of_range')
  })

  test.each([
    ['alone in its account', 'PA2'],
    ['that shares its account', 'PA1'],
  ])('is said of a book %s, and of no other, whatever facts come after the end', (_, account) => {
    const [before, after] = [instant('2028-12-29T15:59:58-05:00'), instant('2029-01-01T00:00:00-05:00')]
    const [stocks, coins] = [
      { strategy_id: 's2', account },
      { strategy_id: 's9', account: 'PA9' },
    ]
    const boughtAt = (at: EpochMs, by: readonly object[]) =>
      by.map((of) => filled({ at, side: 'buy', qty: 1, price: 100, ...of }))
    const engine = createEngine({ startAt: before, calendars: { s9: '24x7' } })
    applyAll(engine, [BOOK, ...boughtAt(before, [{}, stocks, coins]), decision({ at: before }), snapshot(before)])
    const told = (at: EpochMs) => {
      const frames = engine.tick(at, answered(at))
      const told = [{}, { strategyId: 's2', account }].map((key) => Object.values(briefs(bookOf(frames, key))))
      return [new Set(told.flat()), briefs(bookOf(frames, { strategyId: 's9', account: 'PA9' })).gross_exposure]
    }
    expect(told(before)[0]).not.toContain('calendar_out_of_range')
    // In the second round others trade, so that it is asked whether the account is still shared as it was.
    for (const [at, by, exposure] of [
      [after, [{}, stocks, coins], 200],
      [after + 1_000, [stocks, coins], 300],
    ] as const) {
      engine.apply(boughtAt(at, by))
      expect(told(at)).toEqual([new Set(['calendar_out_of_range']), exposure])
    }
  })
})

describe('a definition that fails', () => {
  const base = { group: 'performance', unit: 'USD', tier: 'light', formulaVersion: 'v1', summary: '' } as const
  const metric = (parts: Partial<MetricDefinition> & { name: string }): MetricDefinition =>
    ({ ...base, windows: 'all', prometheus: parts.name, sources: ['orders'], ...parts }) as MetricDefinition

  test.each([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['is not a number', () => ({ status: 'ok', value: Number.NaN })],
    ['is infinite', () => ({ status: 'ok', value: Number.POSITIVE_INFINITY })],
  ])('and %s is an error of that metric alone', (_, compute) => {
    const failures: string[] = []
    const frames = framesAt(at('11:00:00'), HELD, {
      dictionary: [metric({ name: 'broken', compute } as never), ...DICTIONARY],
      onMetricError: (name) => failures.push(name),
    })
    const results = bookOf(frames).windows['1h'].results
    expect(results[0]).toEqual({ status: 'error', reason: 'internal_error' })
    expect(results.slice(1).every((result) => result?.status !== 'error')).toBe(true)
    expect(failures).toEqual(WINDOWS.map(() => 'broken'))
  })

  test('is asked again when time goes on, since nobody knows until when it would fail', () => {
    let fails = true
    const compute = () => {
      if (fails) throw new Error('no')
      return { status: 'ok', value: 1 }
    }
    const dictionary = [metric({ name: 'mended', compute } as never), ...DICTIONARY]
    const engine = createEngine({ startAt: at('11:00:00'), dictionary, onMetricError: () => undefined })
    engine.apply([BOOK])
    const told = (time: string) => bookOf(engine.tick(at(time), answered(at(time)))).windows['1h'].results[0]
    expect(told('11:00:00')).toEqual({ status: 'error', reason: 'internal_error' })
    fails = false
    expect(told('11:00:30')).toEqual({ status: 'ok', value: 1 })
  })

  test('a window without the metric is said before a source without an answer', () => {
    const now = at('11:00:00')
    const some = metric({
      name: 'some',
      windows: ['1h'],
      sources: ['bars'],
      needs: ['bars'],
      compute: () => ({ status: 'ok', value: 1 }),
    } as never)
    const engine = createEngine({ startAt: now, dictionary: [some] })
    engine.apply([BOOK])
    const { windows } = bookOf(engine.tick(now, withoutFeeds(now)))
    expect(windows['1h'].results[0]).toMatchObject({ reason: 'source_unavailable' })
    expect(windows['5m'].results[0]).toEqual({ status: 'insufficient_data', reason: 'not_defined_for_window' })
  })
})
