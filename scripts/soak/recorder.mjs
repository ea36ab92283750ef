// What was measured, and in which phase of the run: service levels are judged by the steady time alone, and what a fault
// did is told with the fault.
export const STEADY = 'steady'

export class Recorder {
  #startedMs = performance.now()
  #samples = new Map()
  #counts = new Map()
  phase = 'warm-up'

  seconds() {
    return (performance.now() - this.#startedMs) / 1000
  }

  add(name, value, phase = this.phase) {
    const samples = this.#samples.get(name) ?? []
    this.#samples.set(name, samples)
    samples.push({ at: this.seconds(), value, phase })
  }

  count(name, by = 1) {
    this.#counts.set(name, this.counted(name) + by)
  }

  counted(name) {
    return this.#counts.get(name) ?? 0
  }

  samples(name) {
    return this.#samples.get(name) ?? []
  }
}

/** Nearest-rank quantiles; undefined of nothing. */
export function quantilesOf(values) {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((left, right) => left - right)
  const at = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}
