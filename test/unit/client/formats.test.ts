import { COLUMNS, type Column, cellOf, formatNumber } from '../../../src/client/columns.js'
import { readFilters, writeFilters } from '../../../src/client/filters.js'
import { HISTORY_MS, History, pathOf, STEP_MS } from '../../../src/client/history.js'
import { describeSession, formatDuration, sessionAt } from '../../../src/client/session.js'

const T = Date.UTC(2026, 10, 20, 20, 30)
const HOUR_MS = 3_600_000

function column(metric: string): Column {
  const found = COLUMNS.find((one) => one.metric === metric)
  if (found === undefined) throw new Error(`no column ${metric}`)
  return found
}

describe('numbers', () => {
  test('are written with sign, groups of three and unit', () => {
    expect(formatNumber('money', 1234567.891, true)).toBe('+$1,234,567.89')
    expect(formatNumber('money', -0.5, true)).toBe('-$0.50')
    expect(formatNumber('percent', 0.0123456, true)).toBe('+1.23 %')
    expect(formatNumber('ratio', 1.875, false)).toBe('1.88')
    expect(formatNumber('ratio', 1234.5, false)).toBe('1,234.50')
  })

  test('that are shown as zero have no sign and are neither gain nor loss', () => {
    expect(formatNumber('money', -0.001, true)).toBe('$0.00')
    expect(cellOf(column('net_pnl'), { value: -0.001, reason: undefined, quality: 'good' }).tone).toBe('plain')
  })

  test('are a gain or a loss only while they are fresh, and say when they are not', () => {
    const value = { value: 10, reason: undefined }
    expect(cellOf(column('net_pnl'), { ...value, quality: 'good' })).toEqual({
      text: '+$10.00',
      tone: 'gain',
      note: '',
    })
    expect(cellOf(column('net_pnl'), { ...value, quality: 'stale' })).toEqual({
      text: '+$10.00',
      tone: 'none',
      note: 'stale',
    })
    expect(cellOf(column('max_drawdown'), { value: 0.05, reason: undefined, quality: 'good' }).tone).toBe('plain')
  })

  test('that are not there say why', () => {
    const none = { value: null, reason: 'too_few_observations' }
    expect(cellOf(column('sharpe_annualized'), { ...none, quality: 'insufficient_data' }).note).toBe(
      'too few observations',
    )
    expect(cellOf(column('sharpe_annualized'), { ...none, quality: 'error' }).note).toBe('error: too few observations')
  })
})

describe('a session', () => {
  const open = { calendar: 'XNYS', state: 'open', opensAt: undefined, closesAt: T + HOUR_MS } as const
  const closed = { calendar: 'XNYS', state: 'closed', opensAt: T + HOUR_MS, closesAt: T + 7 * HOUR_MS } as const

  test('counts down to its next change', () => {
    expect(describeSession(open, T)).toBe('open, closes in 1 h 0 min')
    expect(describeSession(open, T + HOUR_MS - 61_000)).toBe('open, closes in 1 min 1 s')
    expect(describeSession(closed, T)).toBe('closed, opens in 1 h 0 min')
    expect(describeSession({ calendar: '24x7', state: 'open', opensAt: undefined, closesAt: undefined }, T)).toBe(
      'always open',
    )
  })

  test('changes when its time has come, without being told; what comes after that has to be asked for', () => {
    expect(sessionAt(open, T + HOUR_MS)).toEqual({ state: 'closed', changesAt: undefined, isOutdated: true })
    expect(sessionAt(closed, T + HOUR_MS)).toEqual({ state: 'open', changesAt: T + 7 * HOUR_MS, isOutdated: false })
    expect(sessionAt(closed, T + 7 * HOUR_MS)).toMatchObject({ state: 'closed', isOutdated: true })
  })

  test('lengths of time are written in two units', () => {
    expect([0, 59_000, 60_000, HOUR_MS, 25 * HOUR_MS].map(formatDuration)).toEqual([
      '0 s',
      '59 s',
      '1 min 0 s',
      '1 h 0 min',
      '1 d 1 h',
    ])
  })
})

describe('filters', () => {
  const windows = ['5m', '1d']

  test('survive the way through an address, whatever the names', () => {
    const filters = { strategy: 'a&b="ü"', account: 'PA 1+2', window: '5m', onlyTrouble: true }
    expect(readFilters(writeFilters(filters, '1d'), windows, '1d')).toEqual(filters)
  })

  test('that filter nothing leave the address clean, and a window that there is not is the default one', () => {
    expect(writeFilters({ strategy: '', account: '', window: '1d', onlyTrouble: false }, '1d')).toBe('')
    expect(readFilters('?window=2y', windows, '1d').window).toBe('1d')
  })
})

describe('a line', () => {
  test('keeps the last value of each ten seconds, a quarter of an hour', () => {
    const history = new History()
    for (let at = T; at < T + 2 * HISTORY_MS; at += STEP_MS / 2) history.add(at, at)
    expect(history.points).toHaveLength(HISTORY_MS / STEP_MS)
    expect(history.points.every(({ at }) => at % STEP_MS === STEP_MS / 2)).toBe(true)
  })

  test('takes what was before in front of what it has seen, and not twice', () => {
    const history = new History()
    history.add(T, 3)
    history.prepend([
      { at: T - 2 * STEP_MS, value: null },
      { at: T - STEP_MS, value: 2 },
      { at: T, value: 9 },
    ])
    expect(history.points.map(({ value }) => value)).toEqual([2, 3])
  })

  test('is drawn from left to right, high values above, with holes, and flat in the middle', () => {
    const points = [1, null, 3, 2].map((value, index) => ({ at: T + index * 60_000, value }))
    expect(pathOf(points, 90, 22)).toBe('M0.0 21.0M60.0 1.0L90.0 11.0')
    expect(pathOf([{ at: T, value: 1 }], 90, 22)).toBe('')
    expect(
      pathOf(
        points.map(({ at }) => ({ at, value: 7 })),
        90,
        22,
      ),
    ).toMatch(/^M0\.0 11\.0(L\S+ 11\.0){3}$/)
  })
})
