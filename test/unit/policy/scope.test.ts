import { at } from '../../support/frames.js'
import { judgedFrame, judgedSet, ok, quiet, type Says, says, TICK, Told } from '../../support/policy.js'

const CLOSE = at('2026-03-10T20:00:00.000Z')
const DEEP = says({ max_drawdown: ok(0.06) })
const lagging: Says = (now) => ({ stamp: { ordersAsOf: now - 60_000 } })
const SIMULATED = { byAdapter: { simulation: {} } }

describe('the market', () => {
  test('ends what is session aware at its close, and opens none of it until the next session', () => {
    const book = new Told({ from: CLOSE - 5_000 }).tick(lagging, 5)
    expect(book.open).toEqual(['max_pipeline_lag_seconds'])
    book.tick(lagging)
    expect([book.now, book.open, book.reason]).toEqual([CLOSE, [], 'no_data'])
    expect(book.tick(lagging, 300).open).toEqual([])
    expect(book.reading('max_pipeline_lag_seconds')).toMatchObject({
      isOpen: false,
      isEvaluable: true,
      breachFrames: 0,
    })
  })

  test('does not matter to drawdowns, rejects and limits', () => {
    const book = new Told({ from: CLOSE + 3_600_000 }).tick(
      says({ max_drawdown: ok(0.06), reject_rate: ok(1, { n: 9, rejected: 9 }) }),
      2,
    )
    expect(book.open.sort()).toEqual(['max_drawdown_1d', 'max_reject_rate_15m'])
  })

  test.each([
    ['a half day, after its early close', '2026-11-27T18:00:00.000Z', []],
    ['a half day, before it', '2026-11-27T17:59:58.000Z', ['max_pipeline_lag_seconds']],
    ['the first minute of summer time', '2026-03-09T13:30:00.000Z', ['max_pipeline_lag_seconds']],
    ['the minute before it', '2026-03-09T13:29:58.000Z', []],
    ['a holiday', '2026-11-26T16:00:00.000Z', []],
    ['a year that the calendar does not know: fail open', '2090-03-10T16:00:00.000Z', ['max_pipeline_lag_seconds']],
  ])('is that of the calendar: %s', (_when, from, expected) => {
    expect(new Told({ from: at(from) }).tick(lagging).open).toEqual(expected)
  })

  test('that never closes is always judged', () => {
    const book = new Told({ from: at('2026-03-08T03:00:00.000Z'), parts: { calendar: '24x7' } })
    expect(book.tick(lagging).open).toEqual(['max_pipeline_lag_seconds'])
  })
})

describe('a strategy that is disabled', () => {
  test('is judged by limits and not by policies of data', () => {
    const book = new Told()
    book.isEnabled = false
    book.tick((now) => ({ ...lagging(now), ...DEEP(now) }), 3)
    expect(book.open).toEqual(['max_drawdown_1d'])
    expect(book.reading('max_pipeline_lag_seconds')).toBeUndefined()
    expect(book.reading('max_drawdown_1d')?.isEvaluable).toBeUndefined()
  })

  test('ends what was open of them', () => {
    const book = new Told().tick(lagging)
    book.isEnabled = false
    book.tick(lagging)
    expect([book.open, book.reason]).toEqual([[], 'disabled'])
  })
})

describe('an account in which only a simulation trades', () => {
  test('is judged by policies of data alone', () => {
    const book = new Told({ parts: SIMULATED }).tick((now) => ({ ...lagging(now), ...DEEP(now) }), 3)
    expect(book.open).toEqual(['max_pipeline_lag_seconds'])
    expect(book.reading('max_drawdown_1d')).toBeUndefined()
  })

  test('is judged by what is switched on', () => {
    const settings = { accounts: new Map([['PA-1', { max_drawdown_1d: 'on' as const }]]) }
    expect(new Told({ parts: SIMULATED, settings }).tick(DEEP, 2).open).toEqual(['max_drawdown_1d'])
  })

  test('is another one with the first order of another adapter, of whichever book', () => {
    const book = new Told({ parts: SIMULATED }).tick(DEEP, 2)
    expect(book.open).toEqual([])
    const other = { strategyId: 'other', byAdapter: { alpaca: {} } }
    for (let tick = 0; tick < 2; tick += 1) {
      book.now += 1_000
      const frames = [judgedFrame(book.now, { ...SIMULATED, ...DEEP(book.now) }), judgedFrame(book.now, other)]
      book.evaluator.tick(judgedSet(book.now, frames), () => true)
    }
    expect(book.open).toEqual(['max_drawdown_1d'])
  })
})

describe('a book that is there no more', () => {
  test('ends its episodes and has no readings', () => {
    const book = new Told().tick(DEEP, 2)
    book.evaluator.tick(judgedSet(book.now + 1_000, []), () => true)
    expect([book.open, book.reason, book.reading('max_drawdown_1d')]).toEqual([[], 'no_data', undefined])
  })
})

describe('another limit', () => {
  const deep = (limit: number | 'off') => ({ ...new Told().evaluator.settings, defaults: { max_drawdown_1d: limit } })

  test('that allows the value ends the episode, and says that the policy has changed', () => {
    const book = new Told().tick(DEEP, 100)
    book.evaluator.settings = deep(0.1)
    expect(book.tick(DEEP).open).toEqual(['max_drawdown_1d'])
    expect(book.evaluator.board.open()[0]?.threshold).toBe(0.1)
    expect([book.tick(DEEP).open, book.reason]).toEqual([[], 'policy_changed'])
  })

  test('is not why a value recovers that the old one allows as well', () => {
    const book = new Told().tick(DEEP, 100)
    book.evaluator.settings = deep(0.1)
    expect([book.tick(quiet, 2).open, book.reason]).toEqual([[], 'recovered'])
  })

  test('of none ends it as disabled', () => {
    const book = new Told().tick(DEEP, 2)
    book.evaluator.settings = deep('off')
    expect([book.tick(DEEP).open, book.reason, book.reading('max_drawdown_1d')]).toEqual([[], 'disabled', undefined])
  })
})

describe('frames that do not come', () => {
  test('open in session once they are older than the limit, and end with the frames', () => {
    const book = new Told().tick(quiet)
    const last = book.now
    book.evaluator.watch(last + 15_000, 15_000)
    expect(book.open).toEqual([])
    book.evaluator.watch(last + 16_000, 16_000)
    expect(book.open).toEqual(['missing_update_seconds'])
    expect(book.evaluator.board.open()[0]).toMatchObject({ observed: 16, threshold: 15, severity: 'critical' })
    book.now = last + 120_000
    book.tick(quiet).evaluator.watch(book.now, 0)
    expect([book.open, book.reason]).toEqual([[], 'recovered'])
  })

  test('say nothing while the market is closed, or of a strategy that is disabled', () => {
    const closed = new Told({ from: CLOSE + 60_000 }).tick(quiet)
    closed.evaluator.watch(closed.now + 600_000, 600_000)
    const disabled = new Told()
    disabled.isEnabled = false
    disabled.tick(quiet).evaluator.watch(disabled.now + 600_000, 600_000)
    expect([closed.open, disabled.open]).toEqual([[], []])
  })

  test('have a limit by calendar', () => {
    const book = new Told({ from: TICK }).tick(quiet)
    expect(book.evaluator.calendarLimits()).toEqual([{ policy: 'missing_update_seconds', calendar: 'XNYS', limit: 15 }])
  })
})
