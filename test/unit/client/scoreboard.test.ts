import { Scoreboard } from '../../../src/client/scoreboard.js'
import type { AlertState, DeltaEvent, MetricState, SnapshotEvent } from '../../../src/client/stream-events.js'

const good = (value: number): MetricState => ({ value, reason: undefined, quality: 'good' })
const T = Date.UTC(2026, 10, 20, 19, 30)

function snapshot(parts: Partial<SnapshotEvent> = {}): SnapshotEvent {
  return {
    kind: 'snapshot',
    strategyId: 's1',
    account: 'PA-1',
    strategy: 'momentum',
    frameSeq: 10,
    frameAsOf: T,
    session: { calendar: '24x7', state: 'open', opensAt: undefined, closesAt: undefined },
    groups: [{ group: 'performance', quality: 'good', freshnessSeconds: 1 }],
    metrics: new Map([
      ['net_pnl', good(1)],
      ['calmar', good(2)],
    ]),
    alerts: undefined,
    ...parts,
  }
}

function delta(parts: Partial<DeltaEvent> = {}): DeltaEvent {
  return {
    kind: 'delta',
    strategyId: 's1',
    account: 'PA-1',
    frameSeq: 11,
    prevFrameSeq: 10,
    frameAsOf: T + 1_000,
    changed: new Map([['net_pnl', good(5)]]),
    groups: undefined,
    ...parts,
  }
}

function alert(alertId: string, severity: AlertState['severity'], openedAt = T): AlertState {
  const of = { strategyId: 's1', account: 'PA-1', policy: 'max_drawdown_1d', metricName: 'max_drawdown', window: '1d' }
  return { alertId, severity, openedAt, summary: 'too deep', runbookUrl: undefined, ...of }
}

describe('the state of a stream', () => {
  test('is the snapshot with what has changed since; the rest stays', () => {
    const board = new Scoreboard()
    board.apply(snapshot(), 0)
    const applied = board.apply(
      delta({ groups: [{ group: 'performance', quality: 'stale', freshnessSeconds: 40 }] }),
      1,
    )
    expect(applied).toMatchObject({ changed: new Set(['net_pnl']) })
    const book = board.bookOf({ strategyId: 's1', account: 'PA-1' })
    expect([...(book?.metrics ?? [])]).toEqual([
      ['net_pnl', good(5)],
      ['calmar', good(2)],
    ])
    expect(book?.groups).toEqual([{ group: 'performance', quality: 'stale', freshnessSeconds: 40 }])
    expect(board.now).toBe(T + 1_000)
  })

  test('has a gap where a delta follows another frame than the one held, or a book that nobody told of', () => {
    const board = new Scoreboard()
    expect(board.apply(delta(), 0)).toBe('gap')
    board.apply(snapshot(), 0)
    expect(board.apply(delta({ prevFrameSeq: 9 }), 0)).toBe('gap')
    expect(board.bookOf({ strategyId: 's1', account: 'PA-1' })?.metrics.get('net_pnl')).toEqual(good(1))
    expect(board.apply(delta(), 0)).not.toBe('gap')
  })

  test('tells books of one strategy apart by account', () => {
    const board = new Scoreboard()
    board.apply(snapshot(), 0)
    board.apply(snapshot({ account: 'PA-2', frameSeq: 3 }), 0)
    expect(board.apply(delta({ account: 'PA-2', prevFrameSeq: 3, frameSeq: 4 }), 0)).not.toBe('gap')
    expect(board.bookOf({ strategyId: 's1', account: 'PA-1' })?.frameSeq).toBe(10)
  })

  test('holds open alerts, worst and oldest first, whether they came with a snapshot or after or before it', () => {
    const board = new Scoreboard()
    board.apply({ kind: 'opened', alert: alert('early', 'warning', T + 5) }, 0)
    board.apply(snapshot(), 0)
    board.apply({ kind: 'opened', alert: alert('bad', 'critical', T + 9) }, 0)
    board.apply({ kind: 'opened', alert: alert('old', 'warning', T) }, 0)
    const ids = () => board.bookOf({ strategyId: 's1', account: 'PA-1' })?.alerts.map(({ alertId }) => alertId)
    expect(ids()).toEqual(['bad', 'old', 'early'])
    board.apply({ kind: 'resolved', alert: alert('bad', 'critical') }, 0)
    expect(ids()).toEqual(['old', 'early'])
    board.apply(snapshot({ alerts: [alert('only', 'info')] }), 0)
    expect(ids()).toEqual(['only'])
  })

  test('finds a book silent that is not heard of for twelve seconds while the stream is up, and forgets it after a minute', () => {
    const board = new Scoreboard()
    board.apply(snapshot(), 1_000)
    board.apply(snapshot({ account: 'PA-2' }), 30_000)
    const book = board.bookOf({ strategyId: 's1', account: 'PA-1' })
    if (book === undefined) throw new Error('there is no such book')
    expect(board.silentMs(book, 0, 13_000)).toBe(0)
    expect(board.silentMs(book, 0, 13_001)).toBe(12_001)
    // Who was cut off could hear of nobody.
    expect(board.silentMs(book, undefined, 90_000)).toBe(0)
    expect(board.silentMs(book, 85_000, 90_000)).toBe(0)
    expect(board.forgetGone(0, 61_000)).toEqual([])
    expect(board.forgetGone(0, 61_001)).toEqual([book.key])
    expect([...board.books.values()].map(({ account }) => account)).toEqual(['PA-2'])
  })
})
