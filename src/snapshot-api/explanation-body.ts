import type { Explanation, ExplanationPart } from '../domain/explanation.js'
import { toIso } from '../domain/time.js'
import { isoOrNull } from './iso-or-null.js'
import { frameIdentity, metricIdentity, type SnapshotContext } from './snapshot-body.js'

/** An explanation as JSON: value and meta as /snapshot has them, then how they came about. */
export function explanationBody(explanation: Explanation, context: Pick<SnapshotContext, 'set' | 'calendars'>) {
  const { frame, metric, window, text, result, instant, start, isReproduced, parts } = explanation
  return {
    ...frameIdentity(frame, window, context),
    ...metricIdentity(metric, result, window, frame.moneyDecimals),
    value_unrounded: result.status === 'ok' ? result.value : null,
    tier: metric.tier,
    computed_for: toIso(instant),
    window_start: isoOrNull(start),
    summary: metric.summary,
    formula: text?.formula ?? null,
    undefined_when: text?.undefinedWhen ?? null,
    convention: text?.convention ?? null,
    source: text?.source ?? null,
    reproduced: isReproduced,
    parts: parts.map(partBody),
  }
}

export type ExplanationBody = ReturnType<typeof explanationBody>

function partBody({ name, about, values, list }: ExplanationPart) {
  if (list === undefined) return { name, about, values }
  const { order, rows, leftOut } = list
  return { name, about, values, list: { order, rows, left_out: { count: leftOut.count, sums: leftOut.sums } } }
}
