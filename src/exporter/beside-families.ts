import { roundForOutput } from '../domain/exact.js'
import type { BookFrame } from '../domain/frame.js'
import type { Meta, MetaGauge } from '../domain/metric.js'
import { isStale, resultIn } from '../domain/reading.js'
import { GaugeFamily } from './exposition-text.js'
import type { LabelCache } from './label-cache.js'
import { type FrameContext, gaugeDecimals } from './metric-families.js'
import { eachFrame, type FamilySlices } from './slices.js'

/**
 * Gauges beside a metric's own that show numbers of its meta, with its labels: what a ratio is made of, or its parts by a
 * label of their own. Where the meta has no such number there is no sample.
 */
export function* besideFamilies(
  frames: readonly BookFrame[],
  { dictionary, calendars, now, shown }: FrameContext,
  labels: LabelCache,
): FamilySlices {
  for (const [index, definition] of dictionary.entries()) {
    for (const gauge of definition.besides ?? []) {
      const family = new GaugeFamily(gauge.prometheus, gauge.summary)
      yield* eachFrame(frames, (frame) => {
        const freshness = isStale(frame, definition) ? 'stale' : 'fresh'
        const clock = { now, calendar: calendars[frame.book.calendar] }
        for (const window of shown.of(frame.book.strategyId, definition)) {
          const { meta } = resultIn(frame, window ?? '1d', definition, index, clock)
          for (const { value, more } of samplesOf(gauge, meta))
            family.add(
              labels.value(frame, window, definition.formulaVersion, freshness, more),
              roundForOutput(value, gaugeDecimals(definition, frame)),
            )
        }
      })
      yield family
    }
  }
}

interface Sample {
  readonly value: number
  readonly more: Readonly<Record<string, string>> | undefined
}

/** The numbers of a result's meta that a gauge shows, each with the label that tells them apart. */
function samplesOf({ key, label }: MetaGauge, meta: Meta = {}): Sample[] {
  const shown = meta[key]
  if (label === undefined) return typeof shown === 'number' ? [{ value: shown, more: undefined }] : []
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return []
  return Object.entries(shown).flatMap(([name, value]): Sample[] =>
    typeof value === 'number' ? [{ value, more: { [label]: name } }] : [],
  )
}
