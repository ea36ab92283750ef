import { roundForOutput } from '../domain/exact.js'
import type { AccountFrame } from '../domain/frame.js'
import type { MetricDescription } from '../domain/metric.js'
import { WINDOWS, type Window } from '../domain/window.js'
import { GaugeFamily, labelBlock } from './exposition-text.js'
import { gaugeDecimals, helpOf } from './metric-families.js'
import { eachFrame, type FamilySlices } from './slices.js'

/** The gauges of accounts, with the label `account` and, but for levels, `window`; without a value there is no sample. */
export function* accountFamilies(
  accounts: readonly AccountFrame[],
  dictionary: readonly MetricDescription[],
): FamilySlices {
  for (const [index, definition] of dictionary.entries()) {
    const family = new GaugeFamily(definition.prometheus, helpOf(definition))
    const windows: readonly (Window | undefined)[] = definition.windows === 'level' ? [undefined] : WINDOWS
    yield* eachFrame(accounts, (frame) => {
      for (const window of windows) {
        const result = frame.windows[window ?? '1d'][index]
        if (result?.status !== 'ok') continue
        family.add(
          labelBlock({ account: frame.account, ...(window === undefined ? {} : { window }) }),
          roundForOutput(result.value * (definition.prometheusScale ?? 1), gaugeDecimals(definition, frame)),
        )
      }
    })
    yield family
  }
}
