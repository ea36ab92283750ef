import type { CalendarName } from '../../domain/calendar.js'

/** What the simulated market lists. */
export interface Instrument {
  readonly symbol: string
  readonly calendar: CalendarName
  /** The listing venue as the broker's positions name it. */
  readonly exchange: string
  readonly assetClass: 'us_equity' | 'crypto'
  readonly basePriceUsd: number
  /** Standard deviation of a year's returns, as a ratio. */
  readonly annualVolatility: number
  readonly priceDecimals: number
  /** Smallest step of an order's quantity, as decimals. */
  readonly quantityDecimals: number
  readonly halfSpreadBps: number
}

type Listing = readonly [symbol: string, exchange: string, basePriceUsd: number, annualVolatility: number]

/** Real tickers, invented prices. SPY comes first: it is the benchmark and the market's own factor. */
const EQUITIES: readonly Listing[] = [
  ['SPY', 'ARCA', 612.4, 0.14],
  ['QQQ', 'NASDAQ', 538.2, 0.18],
  ['IWM', 'ARCA', 228.6, 0.2],
  ['DIA', 'ARCA', 441.3, 0.13],
  ['XLK', 'ARCA', 242.1, 0.2],
  ['XLF', 'ARCA', 51.4, 0.16],
  ['XLE', 'ARCA', 92.7, 0.23],
  ['XLV', 'ARCA', 147.9, 0.14],
  ['XLI', 'ARCA', 141.2, 0.16],
  ['XLY', 'ARCA', 223.5, 0.2],
  ['XLP', 'ARCA', 81.6, 0.12],
  ['XLU', 'ARCA', 79.3, 0.15],
  ['XLB', 'ARCA', 93.8, 0.17],
  ['XLRE', 'ARCA', 43.2, 0.17],
  ['XLC', 'ARCA', 101.7, 0.17],
  ['GLD', 'ARCA', 268.9, 0.15],
  ['TLT', 'NASDAQ', 91.4, 0.15],
  ['AAPL', 'NASDAQ', 231.7, 0.24],
  ['MSFT', 'NASDAQ', 437.8, 0.22],
  ['NVDA', 'NASDAQ', 142.6, 0.42],
  ['AMZN', 'NASDAQ', 226.1, 0.28],
  ['GOOGL', 'NASDAQ', 191.3, 0.26],
  ['META', 'NASDAQ', 612.8, 0.32],
  ['TSLA', 'NASDAQ', 352.4, 0.52],
  ['AVGO', 'NASDAQ', 224.9, 0.38],
  ['AMD', 'NASDAQ', 124.7, 0.44],
  ['NFLX', 'NASDAQ', 893.2, 0.32],
  ['COST', 'NASDAQ', 961.5, 0.2],
  ['ADBE', 'NASDAQ', 446.2, 0.3],
  ['CSCO', 'NASDAQ', 61.8, 0.19],
  ['PEP', 'NASDAQ', 152.3, 0.16],
  ['INTC', 'NASDAQ', 34.1, 0.42],
  ['QCOM', 'NASDAQ', 163.4, 0.33],
  ['TXN', 'NASDAQ', 191.6, 0.27],
  ['AMAT', 'NASDAQ', 178.2, 0.36],
  ['MU', 'NASDAQ', 101.3, 0.45],
  ['LRCX', 'NASDAQ', 78.9, 0.38],
  ['INTU', 'NASDAQ', 652.7, 0.27],
  ['AMGN', 'NASDAQ', 271.4, 0.22],
  ['GILD', 'NASDAQ', 93.6, 0.22],
  ['SBUX', 'NASDAQ', 94.7, 0.25],
  ['BKNG', 'NASDAQ', 496.1, 0.26],
  ['ISRG', 'NASDAQ', 541.2, 0.27],
  ['HON', 'NASDAQ', 227.8, 0.18],
  ['MDLZ', 'NASDAQ', 61.2, 0.17],
  ['PANW', 'NASDAQ', 187.6, 0.33],
  ['JPM', 'NYSE', 243.9, 0.21],
  ['BAC', 'NYSE', 46.2, 0.23],
  ['WFC', 'NYSE', 72.4, 0.25],
  ['GS', 'NYSE', 581.6, 0.25],
  ['MS', 'NYSE', 127.3, 0.25],
  ['C', 'NYSE', 71.8, 0.26],
  ['V', 'NYSE', 311.4, 0.17],
  ['MA', 'NYSE', 523.8, 0.18],
  ['AXP', 'NYSE', 297.2, 0.23],
  ['BLK', 'NYSE', 1021.6, 0.22],
  ['UNH', 'NYSE', 507.3, 0.26],
  ['JNJ', 'NYSE', 147.2, 0.15],
  ['LLY', 'NYSE', 792.5, 0.3],
  ['PFE', 'NYSE', 26.4, 0.22],
  ['MRK', 'NYSE', 98.7, 0.21],
  ['ABBV', 'NYSE', 178.9, 0.22],
  ['TMO', 'NYSE', 527.1, 0.22],
  ['ABT', 'NYSE', 114.6, 0.18],
  ['WMT', 'NYSE', 94.8, 0.19],
  ['HD', 'NYSE', 408.3, 0.21],
  ['LOW', 'NYSE', 262.1, 0.22],
  ['TGT', 'NYSE', 133.7, 0.3],
  ['NKE', 'NYSE', 77.4, 0.29],
  ['MCD', 'NYSE', 294.2, 0.16],
  ['DIS', 'NYSE', 113.6, 0.25],
  ['KO', 'NYSE', 63.4, 0.14],
  ['PG', 'NYSE', 171.8, 0.15],
  ['XOM', 'NYSE', 117.5, 0.22],
  ['CVX', 'NYSE', 158.2, 0.21],
  ['COP', 'NYSE', 106.3, 0.27],
  ['SLB', 'NYSE', 41.9, 0.31],
  ['CAT', 'NYSE', 391.7, 0.25],
  ['DE', 'NYSE', 432.6, 0.25],
  ['BA', 'NYSE', 157.2, 0.34],
  ['GE', 'NYSE', 178.4, 0.29],
  ['LMT', 'NYSE', 521.3, 0.19],
  ['RTX', 'NYSE', 117.9, 0.19],
  ['UPS', 'NYSE', 129.6, 0.25],
  ['UNP', 'NYSE', 238.4, 0.2],
  ['NEE', 'NYSE', 74.3, 0.24],
  ['DUK', 'NYSE', 112.8, 0.16],
  ['IBM', 'NYSE', 227.4, 0.22],
  ['ORCL', 'NYSE', 182.7, 0.31],
  ['CRM', 'NYSE', 338.6, 0.31],
]

type Coin = readonly [symbol: string, basePriceUsd: number, annualVolatility: number, price: number, quantity: number]

/** Decimals grow as a coin's price falls, so that a tick stays well under a basis point. */
const COINS: readonly Coin[] = [
  ['BTC/USD', 97_400, 0.45, 2, 5],
  ['ETH/USD', 3_420, 0.58, 2, 4],
  ['SOL/USD', 241.3, 0.75, 3, 3],
  ['LTC/USD', 96.7, 0.65, 3, 2],
  ['BCH/USD', 487.2, 0.68, 3, 3],
  ['AVAX/USD', 43.6, 0.8, 4, 2],
  ['LINK/USD', 18.4, 0.78, 4, 1],
  ['UNI/USD', 11.2, 0.8, 4, 1],
  ['DOT/USD', 8.71, 0.78, 5, 1],
  ['DOGE/USD', 0.4127, 0.9, 6, 0],
]

/** The hundred instruments of the simulated market, in a fixed order. */
export const INSTRUMENTS: readonly Instrument[] = [
  ...EQUITIES.map(
    ([symbol, exchange, basePriceUsd, annualVolatility]): Instrument => ({
      ...{ symbol, calendar: 'XNYS', exchange, assetClass: 'us_equity', basePriceUsd, annualVolatility },
      ...{ priceDecimals: 2, quantityDecimals: 0, halfSpreadBps: basePriceUsd > 200 ? 0.8 : 1.4 },
    }),
  ),
  ...COINS.map(
    ([symbol, basePriceUsd, annualVolatility, priceDecimals, quantityDecimals]): Instrument => ({
      ...{ symbol, calendar: '24x7', exchange: 'CRYPTO', assetClass: 'crypto', basePriceUsd, annualVolatility },
      ...{ priceDecimals, quantityDecimals, halfSpreadBps: 1.5 },
    }),
  ),
]

/** The benchmark, and the symbol whose waves the other equities lean on. */
export const BENCHMARK_SYMBOL = 'SPY'
