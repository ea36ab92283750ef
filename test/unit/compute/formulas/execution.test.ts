import { plusSums } from '../../../../src/compute/accumulators/summed-timeline.js'
import {
  fillRatioOf,
  latencyOf,
  ratioTerms,
  shortfallBpsOf,
  shortfallTerms,
  slippageBpsOf,
  slippageTerms,
} from '../../../../src/compute/formulas/execution.js'
import { MONEY_DIGITS, PRICE_DIGITS, parseScaled, QUANTITY_DIGITS } from '../../../../src/domain/exact.js'
import type { Side } from '../../../../src/domain/facts.js'
import type { MetricResult } from '../../../../src/domain/metric.js'
import { brief } from '../../../support/engine.js'
import { expectValue, type ReferenceCase, referenceCases } from '../../../support/reference-cases.js'

interface Input {
  readonly orders?: readonly { readonly qty: number; readonly filled_qty: number }[]
  readonly side?: Side
  readonly decision_price?: number
  readonly order_qty?: number
  readonly end_price?: number
  readonly fees?: number
  readonly fills_exec?: readonly { readonly qty: number; readonly price: number; readonly mid?: number }[]
}

const exact = (value: number, digits: number): bigint => parseScaled(value, digits) ?? 0n
const quantity = (value: number) => exact(value, QUANTITY_DIGITS)
const price = (value: number) => exact(value, PRICE_DIGITS)
const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n)

const FORMULAS: Readonly<Record<string, (input: Input) => MetricResult>> = {
  fill_ratio: ({ orders = [] }) =>
    fillRatioOf(
      orders
        .map(({ qty, filled_qty }) => {
          return ratioTerms({ submitted: quantity(qty), filled: quantity(filled_qty), reference: undefined })
        })
        .reduce(plusSums),
    ),
  slippage_bps_vs_mid: ({ side = 'buy', fills_exec = [] }) =>
    slippageBpsOf(
      fills_exec
        .map(({ qty, price: paid, mid }) =>
          slippageTerms(
            { side, quantity: quantity(qty), notional: quantity(qty) * price(paid) },
            mid === undefined ? undefined : { price: price(mid), ageMs: 0 },
          ),
        )
        .reduce(plusSums),
    ),
  implementation_shortfall_bps: ({ side = 'buy', fills_exec = [], ...input }) =>
    shortfallBpsOf(
      shortfallTerms({
        side,
        decision: price(input.decision_price ?? 0),
        ordered: quantity(input.order_qty ?? 0),
        filled: sum(fills_exec.map(({ qty }) => quantity(qty))),
        filledNotional: sum(fills_exec.map(({ qty, price: paid }) => quantity(qty) * price(paid))),
        mid: undefined,
        end: input.end_price === undefined ? undefined : price(input.end_price),
      }),
      exact(input.fees ?? 0, MONEY_DIGITS),
    ),
}

const cases = referenceCases<Input>('execution')
const suite = cases.length > 0 ? describe : describe.skip
suite('execution figures of independent projects (../shared/vectors)', () => {
  test('are all known to this suite', () => {
    expect(cases.filter(({ metric }) => FORMULAS[metric] === undefined)).toEqual([])
    expect(cases.length).toBeGreaterThan(10)
  })

  const each = cases.map((one): [string, ReferenceCase<Input>] => [one.id, one])
  if (each.length > 0)
    test.each(each)('%s', (_, one) => {
      const result = FORMULAS[one.metric]?.(one.input)
      expectValue(result?.status === 'ok' ? result.value : null, one)
    })
})

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
