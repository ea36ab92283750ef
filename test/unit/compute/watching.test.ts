import { DICTIONARY } from '../../../src/compute/dictionary.js'
import type { Fact } from '../../../src/domain/facts.js'
import { readMetrics } from '../../../src/domain/reading.js'
import { SECOND_MS } from '../../../src/domain/time.js'
import {
  answered,
  applyAll,
  bookOf,
  brief,
  briefsAt,
  CALENDARS,
  createEngine,
  framesAt,
  resultsOf,
  withoutFeeds,
} from '../../support/engine.js'
import { bar, decision, instant, signal, strategy } from '../../support/facts.js'
import { follow } from '../../support/follow.js'

/** Metrics of what was decided, where it went, and what the book could see: METRICS rows 42 to 44, fine print 13 and 15. */

const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
const at = (time: string) => newYork('2026-07-15', time)
const UNIVERSE = strategy({ accounts: ['PA1'], universe: ['AAA', 'BBB'] })

/** An age as it reads at a later moment than T. */
function ageAt(name: string, now: number, facts: readonly Fact[], asOf = now) {
  const frame = bookOf(framesAt(asOf, facts))
  const clock = { now, calendar: CALENDARS[frame.book.calendar] }
  return readMetrics(frame, '1d', DICTIONARY, clock).find(({ metric }) => metric.name === name)
}

describe('ta_freshness_seconds', () => {
  const freshnessAt = (now: number, facts: readonly Fact[], asOf = now) =>
    brief(ageAt('ta_freshness_seconds', now, facts, asOf)?.result)
  const noon = [UNIVERSE, bar('AAA', at('11:59:57'), 1), signal('BBB', at('11:59:58'))]

  test('counts from the newest bar or signal of any symbol of the universe, and goes on while the frame stands', () => {
    expect(freshnessAt(at('12:00:00'), noon)).toBe(2)
    expect(freshnessAt(at('12:00:03.500'), noon, at('12:00:00'))).toBe(5.5)
    expect(freshnessAt(at('12:00:00'), [...noon, bar('ZZZ', at('11:59:59'), 1)])).toBe(2)
  })

  test('tells both feeds and how long the newest event took to be ingested', () => {
    const facts = [...noon.slice(0, 2), signal('BBB', at('11:59:58'), { ingested_at: at('11:59:58') + 250 })]
    expect(ageAt('ta_freshness_seconds', at('12:00:00'), facts)?.result.meta).toEqual({
      last_bar_at: '2026-07-15T15:59:57.000Z',
      last_signal_at: '2026-07-15T15:59:58.000Z',
      last_event_at: '2026-07-15T15:59:58.000Z',
      ingest_age_seconds: 0.25,
    })
  })

  test('stands still from the close to the open, and counts from the open after that', () => {
    const facts = [UNIVERSE, bar('AAA', newYork('2026-07-17', '15:59:50'), 1)]
    expect(freshnessAt(newYork('2026-07-17', '16:00:00'), facts)).toBe(10)
    expect(freshnessAt(newYork('2026-07-18', '12:00:00'), facts)).toBe(10)
    expect(freshnessAt(newYork('2026-07-20', '08:00:00'), facts)).toBe(10)
    expect(freshnessAt(newYork('2026-07-20', '09:30:00'), facts)).toBe(0)
    expect(freshnessAt(newYork('2026-07-20', '10:00:00'), facts)).toBe(1_800)
  })

  test('is no_events where there never was one, and out of range where the calendar is', () => {
    expect(freshnessAt(at('12:00:00'), [UNIVERSE])).toBe('no_events')
    expect(freshnessAt(instant('2035-01-01T00:00:00Z'), noon, at('12:00:00'))).toBe('calendar_out_of_range')
  })

  test('knows of events that came as minutes only: no later than they can have been', () => {
    const engine = createEngine({ startAt: at('12:00:00') })
    engine.apply([UNIVERSE])
    engine.applyMinutes('bars', [{ symbol: 'AAA', runs: [[at('11:00:00'), at('11:58:00')]] }])
    const { instants } = bookOf(engine.tick(at('12:00:00'), answered(at('12:00:00'))))
    expect(instants.bars?.newestAt).toBe(at('11:57:00') + 1)
  })

  test('is not read from an event that lies after T', () => {
    const facts = [...noon, bar('AAA', at('12:00:10'), 1)]
    expect(freshnessAt(at('12:00:00'), facts)).toBe(2)
    const engine = createEngine({ startAt: at('12:00:00') })
    applyAll(engine, facts)
    const newestAt = (time: string) => bookOf(engine.tick(at(time), answered(at(time)))).instants.bars?.newestAt
    expect([newestAt('12:00:09'), newestAt('12:00:10')]).toEqual([at('11:59:57'), at('12:00:10')])
  })

  test('waits for a ClickHouse that has not answered', () => {
    const engine = createEngine({ startAt: at('12:00:00') })
    engine.apply([UNIVERSE])
    const frame = bookOf(engine.tick(at('12:00:00'), withoutFeeds(at('12:00:00'))))
    const clock = { now: at('12:00:00'), calendar: CALENDARS.XNYS }
    const read = readMetrics(frame, '1d', DICTIONARY, clock).find(
      ({ metric }) => metric.name === 'ta_freshness_seconds',
    )
    expect(read).toMatchObject({
      result: { reason: 'source_unavailable', meta: { missing: ['clickhouse'] } },
      quality: 'insufficient_data',
      freshness: { asOf: undefined },
    })
  })
})

describe('metrics_pipeline_lag_seconds', () => {
  const lag = (
    { ordersAsOf, feedsAsOf }: { ordersAsOf?: string; feedsAsOf?: string },
    { now = at('12:00:00'), feedsConfigured = true } = {},
  ) => {
    const engine = createEngine({ startAt: at('11:59:00'), feedsConfigured })
    engine.apply([UNIVERSE])
    const watermarks = {
      ...answered(0),
      ordersAsOf: ordersAsOf === undefined ? undefined : at(ordersAsOf),
      feedsAsOf: feedsAsOf === undefined ? undefined : at(feedsAsOf),
    }
    const frame = bookOf(engine.tick(at('12:00:00'), watermarks))
    const readings = readMetrics(frame, '1m', DICTIONARY, { now, calendar: CALENDARS.XNYS })
    return brief(readings.find(({ metric }) => metric.name === 'metrics_pipeline_lag_seconds')?.result)
  }

  test.each([
    ['the source that is furthest behind', { ordersAsOf: '11:59:59', feedsAsOf: '11:59:57' }, {}, 3],
    ['the other one', { ordersAsOf: '11:59:58', feedsAsOf: '11:59:59' }, {}, 2],
    ['Postgres alone without a ClickHouse', { ordersAsOf: '11:59:58' }, { feedsConfigured: false }, 2],
    ['the start of the process where ClickHouse never answered', { ordersAsOf: '11:59:58' }, {}, 60],
    ['the start of the process where Postgres never answered', { feedsAsOf: '11:59:59' }, {}, 60],
    ['the moment of reading', { ordersAsOf: '11:59:59', feedsAsOf: '11:59:59' }, { now: at('12:00:04.250') }, 5.25],
    ['nothing below 0', { ordersAsOf: '12:00:01', feedsAsOf: '12:00:01' }, {}, 0],
    [
      'no session',
      { ordersAsOf: '12:00:00', feedsAsOf: '12:00:00' },
      { now: instant('2035-01-01T00:00:00Z') },
      267_091_200,
    ],
  ])('counts from %s', (_, watermarks, moment, expected) => {
    expect(lag(watermarks, moment)).toBe(expected)
  })
})

test('ages make no book dirty and stand in no frame', () => {
  const engine = createEngine({ startAt: at('18:00:00') })
  applyAll(engine, [UNIVERSE, bar('AAA', at('15:59:57'), 1)])
  const frames = [0, 1, 2, 100].map((seconds) => {
    const now = at('18:00:00') + seconds * SECOND_MS
    return bookOf(engine.tick(now, answered(now)))
  })
  for (const frame of frames) {
    expect(frame.windows).toBe(frames[0]?.windows)
    expect(frame.seq).toBe(1)
    expect(resultsOf(frame)).not.toHaveProperty('ta_freshness_seconds')
    expect(resultsOf(frame)).not.toHaveProperty('metrics_pipeline_lag_seconds')
  }
})

describe('context_freshness_seconds', () => {
  const reviewed = (time: string, reviewedAt: string | null, freshness: number | null, raw: object = {}) =>
    decision({ at: at(time), reviewed_at: reviewedAt && at(reviewedAt), context_freshness_seconds: freshness, ...raw })

  test('is what the newest review recorded, not aged, whenever its decision was made', () => {
    const facts = [reviewed('10:00:00', '10:30:00', 12.5), reviewed('10:10:00', '10:20:00', 99)]
    expect(briefsAt(at('11:00:00'), facts).context_freshness_seconds).toBe(12.5)
    expect(briefsAt(at('15:00:00'), facts).context_freshness_seconds).toBe(12.5)
    expect(bookOf(framesAt(at('11:00:00'), facts)).instants.reviewedAt).toBe(at('10:30:00'))
  })

  test('tells when, and what else the review said', () => {
    const facts = [reviewed('10:00:00', '10:30:00', 12.5, { context_quality: 0.8, confidence: 0.65 })]
    expect(resultsOf(bookOf(framesAt(at('11:00:00'), facts))).context_freshness_seconds?.meta).toEqual({
      reviewed_at: '2026-07-15T14:30:00.000Z',
      context_quality: 0.8,
      confidence: 0.65,
    })
  })

  test('is no_reviews without one, where the newest recorded none, and before T gets there', () => {
    expect(briefsAt(at('11:00:00'), [decision({ at: at('10:00:00') })]).context_freshness_seconds).toBe('no_reviews')
    const facts = [reviewed('10:00:00', '10:30:00', 12.5), reviewed('10:40:00', '10:41:00', null)]
    expect(briefsAt(at('11:00:00'), facts).context_freshness_seconds).toBe('no_reviews')
    const { last } = follow([
      [facts, at('10:29:59')],
      [[], at('10:30:00')],
    ])
    expect(brief(resultsOf(bookOf(last)).context_freshness_seconds)).toBe(12.5)
  })

  test('takes of two reviews of one moment that of the later decision id', () => {
    const facts = [
      reviewed('10:00:00', '10:30:00', 1, { decision_id: 'b' }),
      reviewed('10:00:00', '10:30:00', 2, { decision_id: 'a' }),
    ]
    expect(briefsAt(at('11:00:00'), facts).context_freshness_seconds).toBe(1)
  })

  test('forgets decisions that no window can see any more, and reviews that a newer revision takes back', () => {
    const old = decision({
      at: newYork('2026-06-15', '09:30:00'),
      reviewed_at: newYork('2026-07-15', '10:00:00'),
      context_freshness_seconds: 5,
    })
    const later = [
      decision({ at: at('10:00:00'), decision_id: 'x', reviewed_at: at('10:01:00'), context_freshness_seconds: 7 }),
    ]
    expect(briefsAt(at('11:00:00'), [old, ...later]).context_freshness_seconds).toBe(7)
    expect(briefsAt(at('11:00:00'), [UNIVERSE, old]).context_freshness_seconds).toBe('no_reviews')
    const { last } = follow([
      [later, at('11:00:00')],
      [[decision({ at: at('10:00:00'), decision_id: 'x' })], at('11:00:01')],
    ])
    expect(brief(resultsOf(bookOf(last)).context_freshness_seconds)).toBe('no_reviews')
  })
})

describe('what an installation lacks', () => {
  test.each([
    ['adapters', 'executions.execution_actual_adapter', ['route_fallback_rate']],
    ['reviews', 'llm_decision_reviews', ['context_freshness_seconds']],
    ['signals', 'ta_signals', ['missing_signal_rate', 'slippage_bps_vs_mid']],
    ['bars', 'ta_microbars', ['missing_price_rate', 'ta_freshness_seconds', 'beta_vs_benchmark']],
  ] as const)('%s: the metrics that need it say so and name it, and nothing else does', (need, name, metrics) => {
    const now = at('12:00:00')
    const engine = createEngine({ startAt: now })
    engine.apply([UNIVERSE])
    const frame = bookOf(engine.tick(now, { ...answered(now), lacking: new Map([[need, name]]) }))
    const results = Object.entries(resultsOf(frame)).filter(
      ([, result]) => result.status !== 'ok' && result.reason === 'source_unavailable',
    )
    expect(results.map(([metric]) => metric).sort()).toEqual([...metrics].sort())
    for (const [, result] of results) expect(result.meta).toEqual({ missing: [name] })
    // What is there again is used again, by a slow metric at its next instant.
    const after = bookOf(engine.tick(now + 30_000, answered(now)))
    expect(JSON.stringify(resultsOf(after))).not.toContain('source_unavailable')
  })
})
