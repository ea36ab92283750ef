/**
 * Runs work under a signal that aborts with the given one, or with an error of its own once the time is up.
 *
 * @param work is handed what lets the time begin anew
 */
export async function withTimeLimit(
  signal: AbortSignal,
  limitMs: number,
  timeIsUp: Error,
  work: (signal: AbortSignal, beginAnew: () => void) => Promise<void>,
): Promise<void> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(timeIsUp), limitMs)
  try {
    await work(AbortSignal.any([signal, limit.signal]), () => timer.refresh())
  } finally {
    clearTimeout(timer)
  }
}
