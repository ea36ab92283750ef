/** Runs work under a signal that aborts with the given one, or with an error of its own once the time is up. */
export async function withTimeLimit(
  signal: AbortSignal,
  limitMs: number,
  timeIsUp: Error,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(timeIsUp), limitMs)
  try {
    await work(AbortSignal.any([signal, limit.signal]))
  } finally {
    clearTimeout(timer)
  }
}
