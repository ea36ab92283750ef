import { createRandom } from '../random.js'
import type { Instrument } from './instruments.js'

const LETTERS = 26

/** Equities beyond those that have names: tickers of five letters that begin with ZX, prices and volatilities by chance. */
export function madeUpInstruments(count: number): readonly Instrument[] {
  return Array.from({ length: count }, (_, index) => {
    const symbol = `ZX${letterOf(index / LETTERS ** 2)}${letterOf(index / LETTERS)}${letterOf(index)}`
    const random = createRandom(`instrument/${symbol}`)
    const basePriceUsd = random.integer(1_200, 64_000) / 100
    return {
      ...{ symbol, calendar: 'XNYS', exchange: 'NYSE', assetClass: 'us_equity', basePriceUsd },
      ...{ annualVolatility: random.between(0.14, 0.5), priceDecimals: 2, quantityDecimals: 0 },
      halfSpreadBps: basePriceUsd > 200 ? 0.8 : 1.4,
    }
  })
}

function letterOf(number: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + (Math.floor(number) % LETTERS))
}
