import { roundForOutput } from '../domain/exact.js'
import type { BookFrame } from '../domain/frame.js'
import { adapterGaugeOf } from '../domain/metric.js'
import { isStale } from '../domain/reading.js'
import { GaugeFamily } from './exposition-text.js'
import type { LabelCache } from './label-cache.js'
import { type FrameContext, gaugeDecimals } from './metric-families.js'
import { eachFrame, type FamilySlices } from './slices.js'

/** What is told by adapter, for each adapter that took an order of a window, with the label `adapter`. */
export function* adapterFamilies(
  frames: readonly BookFrame[],
  { dictionary, shown }: Pick<FrameContext, 'dictionary' | 'shown'>,
  labels: LabelCache,
): FamilySlices {
  for (const [index, definition] of dictionary.entries()) {
    if (definition.byAdapter !== true) continue
    const { summary, prometheusScale = 1, formulaVersion } = definition
    const family = new GaugeFamily(adapterGaugeOf(definition), `${summary} By adapter.`)
    yield* eachFrame(frames, (frame) => {
      const freshness = isStale(frame, definition) ? 'stale' : 'fresh'
      for (const [adapter, windows] of frame.byAdapter)
        for (const window of shown.windowsOf(frame.book.strategyId, definition.group)) {
          const result = windows[window].results[index]
          if (result?.status !== 'ok') continue
          family.add(
            labels.value(frame, window, formulaVersion, freshness, { adapter }),
            roundForOutput(result.value * prometheusScale, gaugeDecimals(definition, frame)),
          )
        }
    })
    yield family
  }
}
