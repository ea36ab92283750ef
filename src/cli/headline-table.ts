import type { Calendar, CalendarName } from '../domain/calendar.js'
import { roundForOutput } from '../domain/exact.js'
import type { FrameSet } from '../domain/frame.js'
import { combinedQuality } from '../domain/freshness.js'
import type { MetricDescription } from '../domain/metric.js'
import { readMetrics } from '../domain/reading.js'
import { toIso } from '../domain/time.js'
import { alignColumns } from './text-table.js'

const COLUMNS = [
  ['net_pnl', 'net PnL 1d'],
  ['realized_pnl', 'realized 1d'],
  ['unrealized_pnl', 'unrealized'],
  ['traded_notional', 'traded 1d'],
  ['gross_exposure', 'gross exp.'],
  ['net_exposure', 'net exp.'],
  ['open_positions', 'positions'],
] as const

/** The books' headline numbers as a table for people: one line a book, money in whole dollars. */
export function renderHeadlines(
  frames: FrameSet,
  dictionary: readonly MetricDescription[],
  calendars: Readonly<Record<CalendarName, Calendar>>,
): string {
  const rows = [...frames.books.values()].map((frame) => {
    const readings = readMetrics(frame, '1d', dictionary, {
      now: frames.stamp.at,
      calendar: calendars[frame.book.calendar],
    })
    const cells = COLUMNS.map(([name]) => {
      const reading = readings.find(({ metric }) => metric.name === name)
      return reading?.result.status === 'ok' ? grouped(roundForOutput(reading.result.value, 0)) : '–'
    })
    return [
      frame.book.strategyName,
      frame.book.account,
      frame.book.calendar,
      ...cells,
      combinedQuality(readings.map(({ quality }) => quality)),
    ]
  })
  const table = [['strategy', 'account', 'calendar', ...COLUMNS.map(([, title]) => title), 'quality'], ...rows]
  const isText = (column: number) => column < 3 || column === 3 + COLUMNS.length
  const lines = alignColumns(table, isText)
  return [`T = ${toIso(frames.stamp.at)}`, ...lines].join('\n')
}

function grouped(value: number): string {
  return value.toLocaleString('en-US')
}
