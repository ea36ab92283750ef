import { roundForOutput } from '../domain/exact.js'
import type { BookFrame } from '../domain/frame.js'
import { type MetricDescription, UNIT_DECIMALS, type Unit } from '../domain/metric.js'
import { WINDOWS, type Window } from '../domain/window.js'
import { GaugeFamily } from './exposition-text.js'
import type { LabelCache } from './label-cache.js'

/** Decimals of a gauge, by the unit its name carries: percent are exported as ratios, minutes and milliseconds as seconds. */
const GAUGE_DECIMALS: Record<Exclude<Unit, 'USD'>, number> = {
  ...UNIT_DECIMALS,
  percent: UNIT_DECIMALS.ratio,
  minutes: UNIT_DECIMALS.seconds,
  ms: 6,
}

/**
 * The gauges of the metric dictionary, rendered from frames: one sample a book and window, one a book for levels.
 *
 * They are written as text at once instead of through long-lived gauges, which would keep vanished label sets for ever
 * and format every label at every scrape. A metric without a value has no sample.
 */
export function metricFamilies(
  frames: readonly BookFrame[],
  dictionary: readonly MetricDescription[],
  labels: LabelCache,
): GaugeFamily[] {
  return dictionary.map((definition, index) => {
    const family = new GaugeFamily(definition.prometheus, helpOf(definition))
    const windows: readonly (Window | undefined)[] = definition.windows === 'level' ? [undefined] : WINDOWS
    for (const frame of frames) {
      const freshness = definition.sources.some((source) => frame.sources[source].stale) ? 'stale' : 'fresh'
      for (const window of windows) {
        const result = frame.windows[window ?? '1d'].results[index]
        if (result?.status !== 'ok') continue
        const value = result.value * (definition.prometheusScale ?? 1)
        const decimals = definition.unit === 'USD' ? frame.moneyDecimals : GAUGE_DECIMALS[definition.unit]
        family.add(labels.value(frame, window, definition.formulaVersion, freshness), roundForOutput(value, decimals))
      }
    }
    return family
  })
}

function helpOf({ summary, extended }: MetricDescription): string {
  return extended === true ? `${summary} Beyond the standard pack.` : summary
}
