import { setImmediate as immediate } from 'node:timers/promises'

export interface SliceOptions {
  /** After so many milliseconds of work others have their turn. */
  readonly sliceMs: number
  /**
   * How long a slice may be where others take long: up to this it lasts as long as they took before it, so that the steps
   * have half of the time. Absent: no longer than others.
   */
  readonly mostMs?: number
  readonly nowMs?: () => number
}

/**
 * Runs steps to their end without keeping the event loop.
 *
 * @param take is handed what each step yields; where it throws, the steps are told that they end
 */
export async function inSlices<Step, Result>(
  steps: Iterator<Step, Result>,
  { sliceMs, mostMs = sliceMs, nowMs = () => performance.now() }: SliceOptions,
  take: (step: Step) => void = () => undefined,
): Promise<Result> {
  let startedMs = nowMs()
  let lengthMs = sliceMs
  for (let next = steps.next(); ; next = steps.next()) {
    if (next.done === true) return next.value
    try {
      take(next.value)
    } catch (error) {
      steps.return?.()
      throw error
    }
    const endedMs = nowMs()
    if (endedMs - startedMs < lengthMs) continue
    await immediate()
    startedMs = nowMs()
    lengthMs = Math.max(sliceMs, Math.min(mostMs, startedMs - endedMs))
  }
}
