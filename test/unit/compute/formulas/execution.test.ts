import { plusSums } from '../../../../src/compute/accumulators/summed-timeline.js'
import {
  fillRatioOf,
  latencyOf,
  ratioTerms,
  shortfallBpsOf,
  shortfallTerms,
} from '../../../../src/compute/formulas/execution.js'
import { PRICE_DIGITS, parseScaled, QUANTITY_DIGITS } from '../../../../src/domain/exact.js'
import { brief } from '../../../support/engine.js'

const exact = (value: number, digits: number): bigint => parseScaled(value, digits) ?? 0n
const quantity = (value: number) => exact(value, QUANTITY_DIGITS)
const price = (value: number) => exact(value, PRICE_DIGITS)

test('an order without any price has all weighed by quantity', () => {
  const priced = ratioTerms({ submitted: quantity(10), filled: quantity(10), reference: price(1_000) })
  const bare = ratioTerms({ submitted: quantity(10), filled: 0n, reference: undefined })
  expect(brief(fillRatioOf(priced))).toBe(1)
  expect(brief(fillRatioOf(plusSums(priced, bare)))).toBe(0.5)
})

test('parts of a shortfall are its sum', () => {
  const result = shortfallBpsOf(
    shortfallTerms({
      side: 'buy',
      decision: price(100),
      ordered: quantity(100),
      filled: quantity(40),
      filledNotional: quantity(40) * price(100),
      mid: price(101),
      end: price(104),
    }),
    0n,
  )
  expect(result).toMatchObject({
    value: 240,
    meta: { components_bps: { delay: 40, execution: -40, opportunity: 240, costs: 0 } },
  })
})

test('a latency is undefined of nothing, and says what was left out', () => {
  expect(latencyOf({ ms: [], missing: 2, negative: 1 }, 0.5)).toEqual({
    status: 'insufficient_data',
    reason: 'no_timestamps',
    meta: { n: 0, left_out: 3, negative: 1 },
  })
})
