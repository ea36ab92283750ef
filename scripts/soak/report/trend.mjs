// Whether something grows: the slope of a straight line through means of blocks, with the interval that holds it with 95 %
// confidence. Neighbouring samples say the same, blocks much less so.
const BLOCKS = 20
/** Student's t of 95 %, two-sided, by degrees of freedom. */
const T_95 = { 3: 3.182, 4: 2.776, 6: 2.447, 8: 2.306, 10: 2.228, 13: 2.16, 18: 2.101 }

/**
 * Of samples { at (s), value }: the slope an hour and its interval; undefined of fewer than five blocks of three.
 */
export function trendOf(samples) {
  const size = Math.max(3, Math.floor(samples.length / BLOCKS))
  const blocks = []
  for (let start = 0; start + size <= samples.length; start += size) {
    const block = samples.slice(start, start + size)
    const mean = (of) => block.reduce((sum, one) => sum + one[of], 0) / size
    blocks.push({ hours: mean('at') / 3_600, value: mean('value') })
  }
  const n = blocks.length
  if (n < 5) return undefined
  const mean = (of) => blocks.reduce((sum, block) => sum + block[of], 0) / n
  const [hours, value] = [mean('hours'), mean('value')]
  const spread = blocks.reduce((sum, block) => sum + (block.hours - hours) ** 2, 0)
  const slope = blocks.reduce((sum, block) => sum + (block.hours - hours) * (block.value - value), 0) / spread
  const residual = blocks.reduce((sum, block) => sum + (block.value - value - slope * (block.hours - hours)) ** 2, 0)
  const error = Math.sqrt(residual / (n - 2) / spread)
  const margin = error * quantileOfT(n - 2)
  return { slope, low: slope - margin, high: slope + margin, blocks: n }
}

function quantileOfT(degrees) {
  // The nearest tabulated one below, which is the larger.
  const known = Object.keys(T_95)
    .map(Number)
    .filter((each) => each <= degrees)
  return T_95[Math.max(...known)]
}
