import type { Calendar, CalendarName } from '../domain/calendar.js'
import { CALENDAR_NAMES, CalendarOutOfRange } from '../domain/calendar.js'
import type { BookFrame, FrameSet } from '../domain/frame.js'
import { type MetricDescription, STATUSES } from '../domain/metric.js'
import { readGroups, readMetrics } from '../domain/reading.js'
import type { EpochMs } from '../domain/time.js'
import { WINDOWS } from '../domain/window.js'
import { GaugeFamily, labelBlock } from './exposition-text.js'
import type { LabelCache } from './label-cache.js'
import type { FrameContext } from './metric-families.js'
import { eachFrame, type FamilySlices } from './slices.js'

/** What stands beside the values: freshness of groups, how many metrics have a value, names for display. */
export function* companionFamilies(
  frames: readonly BookFrame[],
  { dictionary, calendars, now, shown }: FrameContext,
  labels: LabelCache,
): FamilySlices {
  const asOf = new GaugeFamily(
    'quant_metric_group_as_of_timestamp_seconds',
    'Instant up to which the oldest source of the group is known; an age is clock minus this.',
  )
  const status = new GaugeFamily('quant_metric_group_status', 'Number of metrics of the group in each status.')
  const strategy = new GaugeFamily('quant_strategy_info', 'Name and calendar of a strategy, for display.')
  yield* eachFrame(frames, (frame) => {
    const description = { strategy: frame.book.strategyName, calendar: frame.book.calendar }
    strategy.add(
      labels.companion(frame, 'strategy', () => description),
      1,
    )
    const clock = { now, calendar: calendars[frame.book.calendar] }
    for (const window of WINDOWS) {
      for (const group of readGroups(readMetrics(frame, window, dictionary, clock))) {
        if (!shown.windowsOf(frame.book.strategyId, group.group).includes(window)) continue
        const identity = { window, metric_group: group.group }
        const key = `${window} ${group.group}`
        if (group.freshness.asOf !== undefined)
          asOf.add(
            labels.companion(frame, key, () => identity),
            group.freshness.asOf / 1000,
          )
        for (const name of STATUSES)
          status.add(
            labels.companion(frame, `${key} ${name}`, () => ({ ...identity, status: name })),
            group.metrics.reduce((count, { result }) => (result.status === name ? count + 1 : count), 0),
          )
      }
    }
  })
  yield asOf
  yield status
  yield strategy
}

export function formulaFamily(dictionary: readonly MetricDescription[]): GaugeFamily {
  const formulas = new GaugeFamily('quant_formula_info', 'Version of the formula of each metric.')
  for (const { name, formulaVersion } of dictionary)
    formulas.add(labelBlock({ metric: name, formula_version: formulaVersion }), 1)
  return formulas
}

/** Sessions of every known calendar at T. Past its range a calendar has no session gauge: rules then fail open. */
export function sessionFamilies(calendars: Readonly<Record<CalendarName, Calendar>>, at: EpochMs): GaugeFamily[] {
  const open = new GaugeFamily('quant_market_session_open', 'Whether the market of a calendar is in session: 1 or 0.')
  const next = new GaugeFamily(
    'quant_market_session_next_change_timestamp_seconds',
    'When the session of a calendar opens or closes next.',
  )
  const until = new GaugeFamily(
    'quant_market_calendar_valid_until_timestamp_seconds',
    'First instant that a calendar no longer covers.',
  )
  for (const name of CALENDAR_NAMES) {
    const calendar = calendars[name]
    const block = labelBlock({ calendar: name })
    until.add(block, calendar.validUntil / 1000)
    try {
      open.add(block, calendar.isOpen(at) ? 1 : 0)
      const change = calendar.nextChange(at)
      if (change !== undefined) next.add(block, change / 1000)
    } catch (error) {
      if (!(error instanceof CalendarOutOfRange)) throw error
    }
  }
  return [open, next, until]
}

/**
 * Live books a calendar, 0 where there is none, and how old their frames are at most (wall clock, for liveness); of this
 * process alone, so with its shard.
 */
export function bookFamilies(
  frames: FrameSet | undefined,
  lastTickAt: EpochMs | undefined,
  shard: string,
): GaugeFamily[] {
  const books = new GaugeFamily('quant_books', 'Number of live books.')
  const oldest = new GaugeFamily(
    'quant_frames_oldest_timestamp_seconds',
    'Wall-clock time of the oldest frame among the live books of a calendar.',
  )
  for (const name of CALENDAR_NAMES) {
    const count = [...(frames?.books.values() ?? [])].filter(({ book }) => book.calendar === name).length
    books.add(labelBlock({ calendar: name, shard }), count)
    if (count > 0 && lastTickAt !== undefined) oldest.add(labelBlock({ calendar: name, shard }), lastTickAt / 1000)
  }
  return [books, oldest]
}

/**
 * When the first market with a live book opens, 0 while one is open: "all markets are closed" as an instant, so that
 * rules can remember it when the exporter is gone. Wall clock, for a clock that runs at another moment.
 */
export function allClosedUntil(
  frames: FrameSet | undefined,
  calendars: Readonly<Record<CalendarName, Calendar>>,
  at: EpochMs,
  wallNow: EpochMs,
): GaugeFamily {
  const family = new GaugeFamily(
    'quant_market_all_closed_until_timestamp_seconds',
    'When the next market of a live book opens, wall clock; 0 while one is open.',
  )
  const names = new Set([...(frames?.books.values() ?? [])].map(({ book }) => book.calendar))
  if (names.size === 0) return family
  try {
    const opens = [...names].map((name) => (calendars[name].isOpen(at) ? 0 : (calendars[name].nextChange(at) ?? 0)))
    const first = Math.min(...opens)
    family.add('', first === 0 ? 0 : (first - at + wallNow) / 1000)
  } catch (error) {
    if (!(error instanceof CalendarOutOfRange)) throw error
    family.add('', 0)
  }
  return family
}
