import type { Calendar, CalendarName } from '../domain/calendar.js'
import { roundForOutput } from '../domain/exact.js'
import type { BookFrame } from '../domain/frame.js'
import { type MetricDescription, UNIT_DECIMALS, type Unit } from '../domain/metric.js'
import { isStale, resultIn } from '../domain/reading.js'
import type { EpochMs } from '../domain/time.js'
import { GaugeFamily } from './exposition-text.js'
import type { LabelCache } from './label-cache.js'
import type { ShownSeries } from './shown-series.js'
import { eachFrame, type FamilySlices } from './slices.js'

/** Decimals of a gauge, by the unit its name carries: percent are exported as ratios, minutes and milliseconds as seconds. */
const GAUGE_DECIMALS: Record<Exclude<Unit, 'USD'>, number> = {
  ...UNIT_DECIMALS,
  percent: UNIT_DECIMALS.ratio,
  minutes: UNIT_DECIMALS.seconds,
  ms: 6,
}

/** What turns frames into gauges; ages are taken at `now`. */
export interface FrameContext {
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly now: EpochMs
  readonly shown: ShownSeries
}

/**
 * The gauges of the metric dictionary, rendered from frames: one sample a book and window, one a book for levels.
 *
 * They are written as text at once instead of through long-lived gauges, which would keep vanished label sets for ever
 * and format every label at every scrape. A metric without a value has no sample.
 */
export function* metricFamilies(
  frames: readonly BookFrame[],
  { dictionary, calendars, now, shown }: FrameContext,
  labels: LabelCache,
): FamilySlices {
  for (const [index, definition] of dictionary.entries()) {
    const family = new GaugeFamily(definition.prometheus, helpOf(definition))
    yield* eachFrame(frames, (frame) => {
      const freshness = isStale(frame, definition) ? 'stale' : 'fresh'
      const clock = { now, calendar: calendars[frame.book.calendar] }
      for (const window of shown.of(frame.book.strategyId, definition)) {
        const result = resultIn(frame, window ?? '1d', definition, index, clock)
        if (result.status !== 'ok') continue
        const value = result.value * (definition.prometheusScale ?? 1)
        family.add(
          labels.value(frame, window, definition.formulaVersion, freshness),
          roundForOutput(value, gaugeDecimals(definition, frame)),
        )
      }
    })
    yield family
  }
}

/** Decimals of a metric's gauge in a book or an account. */
export function gaugeDecimals(
  { unit }: MetricDescription,
  { moneyDecimals }: Pick<BookFrame, 'moneyDecimals'>,
): number {
  return unit === 'USD' ? moneyDecimals : GAUGE_DECIMALS[unit]
}

/** The instants behind ages, beside them and with the same labels; ages are taken at the scrape, an instant stands. */
export function* instantFamilies(
  frames: readonly BookFrame[],
  { dictionary, shown }: FrameContext,
  labels: LabelCache,
): FamilySlices {
  for (const definition of dictionary) {
    const { instant, formulaVersion } = definition
    if (instant === undefined) continue
    const family = new GaugeFamily(instant.prometheus, instant.summary)
    yield* eachFrame(frames, (frame) => {
      const at = shown.hasGroup(frame.book.strategyId, definition.group) ? instant.of(frame.instants) : undefined
      const freshness = isStale(frame, definition) ? 'stale' : 'fresh'
      if (at !== undefined) family.add(labels.value(frame, undefined, formulaVersion, freshness), at / 1000)
    })
    yield family
  }
}

export function helpOf({ summary, extended }: MetricDescription): string {
  return extended === true ? `${summary} Beyond the standard pack.` : summary
}
