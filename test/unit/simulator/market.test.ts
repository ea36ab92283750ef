import { createCalendars } from '../../../src/domain/calendars.js'
import { MINUTE_MS } from '../../../src/domain/time.js'
import { INSTRUMENTS } from '../../../src/simulator/market/instruments.js'
import { createMarket, type Market } from '../../../src/simulator/market/market.js'

const FIRST = Date.parse('2026-10-16T13:30:00Z')
const FRIDAY_NOON = Date.parse('2026-11-20T17:00:00Z')
const SATURDAY = Date.parse('2026-11-21T17:00:00Z')

function marketOf(seed: number): Market {
  return createMarket(createCalendars(), seed, FIRST)
}

function prices(market: Market, symbol: string, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Number(market.priceE8(symbol, from + index * MINUTE_MS)) / 1e8)
}

/** Standard deviation of a year's returns, from one-minute returns of a session. */
function annualVolatility(market: Market, symbol: string, minutesAYear: number): number {
  const sampled = Array.from({ length: 20 }, (_, day) => prices(market, symbol, FIRST + day * 24 * 60 * MINUTE_MS, 380))
  const squares = sampled.flatMap((series) =>
    series.slice(1).map((price, index) => Math.log(price / (series[index] ?? price)) ** 2),
  )
  const moved = squares.filter((square) => square > 0)
  return Math.sqrt((moved.reduce((a, b) => a + b, 0) / moved.length) * minutesAYear)
}

test('lists ninety equities with SPY and ten coins', () => {
  expect(INSTRUMENTS.filter(({ calendar }) => calendar === 'XNYS')).toHaveLength(90)
  expect(INSTRUMENTS.filter(({ calendar }) => calendar === '24x7')).toHaveLength(10)
  expect(new Set(INSTRUMENTS.map(({ symbol }) => symbol)).size).toBe(100)
  expect(INSTRUMENTS.map(({ symbol }) => symbol)).toContain('SPY')
})

test('has the same prices for the same seed and others for another', () => {
  const first = prices(marketOf(1), 'AAPL', FRIDAY_NOON, 20)
  expect(prices(marketOf(1), 'AAPL', FRIDAY_NOON, 20)).toEqual(first)
  expect(prices(marketOf(2), 'AAPL', FRIDAY_NOON, 20)).not.toEqual(first)
})

test('keeps the closing price over the weekend while coins move on', () => {
  const market = marketOf(1)
  const close = market.priceE8('AAPL', Date.parse('2026-11-20T21:00:00Z'))
  expect(market.priceE8('AAPL', SATURDAY)).toBe(close)
  expect(prices(market, 'BTC/USD', SATURDAY, 2)[0]).not.toBe(prices(market, 'BTC/USD', SATURDAY, 2)[1])
})

test('prices whole ticks, near the base price, between a bid and an ask not 50 bps apart', () => {
  const market = marketOf(1)
  for (const { instrument, ticksPerUsd } of market.curves) {
    const priceE8 = market.priceE8(instrument.symbol, FRIDAY_NOON)
    const { bidE8, askE8 } = market.quote(instrument.symbol, FRIDAY_NOON)
    expect(priceE8 % (100_000_000n / BigInt(ticksPerUsd))).toBe(0n)
    expect(Number(priceE8) / 1e8 / instrument.basePriceUsd).toBeGreaterThan(0.6)
    expect(Number(priceE8) / 1e8 / instrument.basePriceUsd).toBeLessThan(1.4)
    expect(bidE8 < priceE8 && priceE8 < askE8).toBe(true)
    expect(Number(askE8 - bidE8) / Number(priceE8)).toBeLessThan(0.005)
  }
})

test('is about as volatile as each symbol is said to be', () => {
  const market = marketOf(1)
  expect(annualVolatility(market, 'TSLA', 252 * 390)).toBeGreaterThan(0.25)
  expect(annualVolatility(market, 'TSLA', 252 * 390)).toBeLessThan(0.8)
  expect(annualVolatility(market, 'SPY', 252 * 390)).toBeGreaterThan(0.07)
  expect(annualVolatility(market, 'SPY', 252 * 390)).toBeLessThan(0.22)
})

test('knows the price after some more trading, over a weekend too', () => {
  const market = marketOf(1)
  const beforeClose = Date.parse('2026-11-20T20:59:00Z')
  const afterTwoHoursAndTwoMinutes = market.priceAfterE8('AAPL', beforeClose, 122 * MINUTE_MS)
  expect(afterTwoHoursAndTwoMinutes).toBe(market.priceE8('AAPL', Date.parse('2026-11-23T14:31:00Z')))
})

test('says which symbol it does not list', () => {
  expect(() => marketOf(1).priceE8('NOPE', FRIDAY_NOON)).toThrow('the simulated market does not list NOPE')
})
