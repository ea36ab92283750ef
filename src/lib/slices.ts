import { setImmediate as immediate } from 'node:timers/promises'

/**
 * Runs steps to their end without keeping the event loop: after so many milliseconds of work others have their turn.
 *
 * @param take is handed what each step yields; where it throws, the steps are told that they end
 */
export async function inSlices<Step, Result>(
  steps: Iterator<Step, Result>,
  sliceMs: number,
  take: (step: Step) => void = () => undefined,
): Promise<Result> {
  let startedMs = performance.now()
  for (let next = steps.next(); ; next = steps.next()) {
    if (next.done === true) return next.value
    try {
      take(next.value)
    } catch (error) {
      steps.return?.()
      throw error
    }
    if (performance.now() - startedMs < sliceMs) continue
    await immediate()
    startedMs = performance.now()
  }
}
