import { changeLines, linkText, watchTable } from '../../../src/cli/watch-text.js'
import { LineView } from '../../../src/cli/watch-views.js'
import { Scoreboard } from '../../../src/client/scoreboard.js'
import type { DeltaEvent, MetricState, SnapshotEvent } from '../../../src/client/stream-events.js'

const T = Date.UTC(2026, 10, 20, 19, 30)

const good = (value: number): MetricState => ({ value, reason: undefined, quality: 'good' })

function snapshot(account: string): SnapshotEvent {
  return {
    ...{ kind: 'snapshot', strategyId: 's1', account, strategy: 'momentum', frameSeq: 10, frameAsOf: T },
    session: { calendar: 'XNYS', state: 'open', opensAt: undefined, closesAt: T + 5_400_000 },
    groups: [{ group: 'performance', quality: 'good', freshnessSeconds: 1 }],
    metrics: new Map([
      ['net_pnl', good(1234.5)],
      ['max_drawdown', good(0.0123)],
      ['sharpe_annualized', { value: null, reason: 'too_few_observations', quality: 'insufficient_data' }],
    ]),
    alerts: undefined,
  }
}

const delta: DeltaEvent = {
  ...{ kind: 'delta', strategyId: 's1', account: 'PA-1', frameSeq: 11, prevFrameSeq: 10, frameAsOf: T + 1_000 },
  changed: new Map([
    ['net_pnl', { value: 1234.5, reason: undefined, quality: 'stale' as const }],
    ['gross_exposure', good(7)],
  ]),
  groups: [{ group: 'performance', quality: 'stale', freshnessSeconds: 40 }],
}

const alert = {
  ...{ alertId: 'a', strategyId: 's1', account: 'PA-1', policy: 'max_drawdown_1d', severity: 'critical' as const },
  ...{ metricName: 'max_drawdown', window: '1d', openedAt: T, summary: 'too deep', runbookUrl: undefined },
}

function boardOf(...accounts: readonly string[]): Scoreboard {
  const board = new Scoreboard()
  for (const account of accounts) board.apply(snapshot(account), 0)
  return board
}

const live = { link: { state: 'live' }, window: '1d', ageMs: 0, silentMs: () => 0, maxLines: 24 } as const

describe('the table of watch', () => {
  test('is a line a book, numbers to the right, with session and what is wrong', () => {
    const board = boardOf('PA-1')
    board.apply(delta, 0)
    board.apply({ kind: 'opened', alert }, 0)
    const [head, titles, book, ...more] = watchTable({ ...live, board }).split('\n')
    expect(head).toBe('T = 2026-11-20T19:30:01.000Z, window 1d, live')
    expect(titles).toMatch(/^strategy {2}account {11,}Net PnL {2}Return {2}Sharpe/)
    expect(book?.split(/ {2,}/)).toEqual([
      ...['momentum', 'PA-1', '+$1,234.50 (stale)', '–', '–', '–', '1.23 %', '–'],
      ...['open, closes in 1 h 29 min', 'critical: max_drawdown_1d; stale: everything'],
    ])
    expect(more).toEqual([])
  })

  test('says how old the numbers are when they are not news', () => {
    const link = { state: 'disconnected', why: 'the connection has ended', retryInMs: 1_600 } as const
    expect(watchTable({ ...live, board: boardOf('PA-1'), link, ageMs: 75_000 }).split('\n')[0]).toBe(
      'T = 2026-11-20T19:30:00.000Z, window 1d, DISCONNECTED: the connection has ended; trying again in 2 s; the numbers below are 1 min 15 s old',
    )
  })

  test('stays within the lines of the terminal, and says what it leaves out', () => {
    const board = boardOf(...Array.from({ length: 30 }, (_, index) => `PA-${index + 10}`))
    const lines = watchTable({ ...live, board, maxLines: 10 }).split('\n')
    expect(lines).toHaveLength(10)
    expect(lines.at(-1)).toBe('and 23 more: --strategy and --account narrow it')
  })
})

describe('the lines of watch', () => {
  test('say of a new book all numbers, and then only what has changed', () => {
    const board = new Scoreboard()
    const first = snapshot('PA-1')
    const told = board.apply(first, 0)
    if (told === 'gap') throw new Error('a snapshot leaves no gap')
    const of = '2026-11-20T19:30:00.000Z  momentum  PA-1'
    expect(changeLines(first, undefined, told, board.now).filter((line) => !line.endsWith('not told'))).toEqual([
      `${of}  net_pnl  +$1,234.50`,
      `${of}  sharpe_annualized  –  too few observations`,
      `${of}  max_drawdown  1.23 %`,
    ])
    const before = board.bookOf(delta)
    const changed = board.apply(delta, 0)
    if (changed === 'gap') throw new Error('the delta follows the snapshot')
    expect(changeLines(delta, before, changed, board.now)).toEqual([
      '2026-11-20T19:30:01.000Z  momentum  PA-1  net_pnl  +$1,234.50  stale',
      '2026-11-20T19:30:01.000Z  momentum  PA-1  freshness_performance  stale',
    ])
  })

  test('tell of alerts, and of the connection only when that is another', () => {
    const [out, err]: [string[], string[]] = [[], []]
    const terminal = { isInteractive: false, columns: 80, rows: 24 }
    const view = new LineView({ ...terminal, out: (text) => out.push(text), err: (text) => err.push(text) })
    view.relink({ state: 'live' })
    view.relink({ state: 'live' })
    expect(view.take(delta)).toBe('gap')
    view.take({ kind: 'opened', alert })
    expect(out).toEqual(['-  s1  PA-1  alert_opened  critical  max_drawdown_1d  too deep\n'])
    expect(err).toEqual(['live\n'])
  })

  test('say why one has to wait', () => {
    expect(linkText({ state: 'waiting', why: 'the exporter is reading the history', retryInMs: 5_000 })).toBe(
      'waiting: the exporter is reading the history; trying again in 5 s',
    )
  })
})
