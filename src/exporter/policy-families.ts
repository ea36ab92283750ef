import { bookId } from '../domain/book.js'
import type { BookFrame } from '../domain/frame.js'
import type { PolicyReader } from '../domain/policy.js'
import { GaugeFamily, labelBlock } from './exposition-text.js'
import type { LabelCache } from './label-cache.js'
import { eachFrame, type FamilySlices } from './slices.js'

/**
 * How each policy stands in each book, with the same labels throughout. In shadow neither what is open nor what cannot be
 * judged is told, so that no rule can fire on a policy.
 */
export function* policyFamilies(
  frames: readonly BookFrame[],
  policies: PolicyReader,
  labels: LabelCache,
): FamilySlices {
  const open = new GaugeFamily(
    'quant_policy_open',
    'Whether a policy is breached, from the opening of its episode to its end: 1 or 0; absent where it is not in force.',
  )
  const observed = new GaugeFamily('quant_policy_observed', "The last value that a policy judged, in its limit's unit.")
  const threshold = new GaugeFamily('quant_policy_threshold', 'The limit of a policy that is in force.')
  const breachFrames = new GaugeFamily('quant_policy_breach_frames', 'Frames in a row that breach a policy.')
  const evaluable = new GaugeFamily(
    'quant_policy_evaluable',
    'Whether the data allow to judge a policy: 1 or 0; absent where the strategy is disabled.',
  )
  yield* eachFrame(frames, (frame) => {
    const { calendar } = frame.book
    for (const reading of policies.readings(bookId(frame.book))) {
      const { policy, limit, isOpen, isEvaluable } = reading
      const block = labels.companion(frame, `policy ${policy}`, () => ({ policy, calendar }))
      threshold.add(block, limit)
      breachFrames.add(block, reading.breachFrames)
      if (reading.observed !== undefined) observed.add(block, reading.observed)
      if (policies.isShadow) continue
      open.add(block, isOpen ? 1 : 0)
      if (isEvaluable !== undefined) evaluable.add(block, isEvaluable ? 1 : 0)
    }
  })
  for (const limit of policies.calendarLimits())
    threshold.add(labelBlock({ policy: limit.policy, calendar: limit.calendar }), limit.limit)
  yield open
  yield observed
  yield threshold
  yield breachFrames
  yield evaluable
}

/** What is told of all policies together, whichever are in force: whether they alert anybody, and overrides in vain. */
export function policyStateFamilies(policies: PolicyReader): GaugeFamily[] {
  const shadow = new GaugeFamily(
    'quant_policy_shadow',
    'Whether policies are judged in shadow, alerting nobody: 1 or 0.',
  )
  const unmatched = new GaugeFamily(
    'quant_policy_overrides_unmatched',
    'Overrides of limits that name no strategy, account or book that is known.',
  )
  shadow.add('', policies.isShadow ? 1 : 0)
  unmatched.add('', policies.unmatchedOverrides)
  return [shadow, unmatched]
}
