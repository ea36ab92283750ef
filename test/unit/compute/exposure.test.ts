import type { Fact } from '../../../src/domain/facts.js'
import { briefsAt } from '../../support/engine.js'
import { bar, filled, instant } from '../../support/facts.js'

/** METRICS section 4, rows 35, 36 and 38 to 40, over more positions than the five largest. */

const NOW = instant('2026-07-15T12:00:00-04:00')

/** One unit of each, long or short, at the price of its exposure. */
const holding = (exposures: readonly number[]): Fact[] =>
  exposures.flatMap((exposure, index) => {
    const side = exposure < 0 ? 'sell' : 'buy'
    const symbol = `S${index}`
    return [filled({ at: NOW - 60_000, side, qty: 1, price: 1, symbol }), bar(symbol, NOW - 1_000, Math.abs(exposure))]
  })

test('longs and shorts add up to gross, and offset each other in net', () => {
  expect(briefsAt(NOW, holding([100, -200, 50]))).toMatchObject({
    gross_exposure: 350,
    net_exposure: -50,
    unrealized_pnl: 99 - 199 + 49,
    open_positions: 3,
  })
})

test('concentration is in per cent of gross, by size whatever the side', () => {
  expect(briefsAt(NOW, holding([1, 2, -3, 4, 5, -6, 7, 4]))).toMatchObject({
    gross_exposure: 32,
    position_concentration_top1_pct: 700 / 32,
    position_concentration_top5_pct: 2_600 / 32,
    position_hhi: (1 + 4 + 9 + 16 + 25 + 36 + 49 + 16) / (32 * 32),
  })
})

test.each([
  [[50], 1, 100, 100],
  [[50, -50], 0.5, 50, 100],
  [[25, 25, 25, -25], 0.25, 25, 100],
  [[10, 10, 10, 10, 10, 10, 10, 10, 10, 10], 0.1, 10, 50],
])('equal positions of %j have an index of 1/n', (exposures, hhi, top1, top5) => {
  expect(briefsAt(NOW, holding(exposures))).toMatchObject({
    position_hhi: hhi,
    position_concentration_top1_pct: top1,
    position_concentration_top5_pct: top5,
  })
})

test('a symbol sold out is no position, and its price no exposure', () => {
  const sold = filled({ at: NOW - 30_000, side: 'sell', qty: 1, price: 1, symbol: 'S0' })
  expect(briefsAt(NOW, [...holding([500, 20]), sold])).toMatchObject({
    gross_exposure: 20,
    position_hhi: 1,
    open_positions: 1,
  })
})
