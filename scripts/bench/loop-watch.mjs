/** The longest time between two turns of the event loop beyond the 5 ms asked for, and the most memory seen. */
export function watchLoop() {
  let last = performance.now()
  let longest = 0
  let peak = 0
  let looks = 0
  const look = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last - 5)
    last = now
    // Asking the system for it each time would be a share of what is measured.
    if (looks % 20 === 0) peak = Math.max(peak, process.memoryUsage.rss())
    looks += 1
  }
  const timer = setInterval(look, 5)
  return {
    stop() {
      look()
      clearInterval(timer)
      return { longestBlockMs: Math.round(longest), peakRssMb: Math.round(peak / 1e6) }
    },
  }
}
