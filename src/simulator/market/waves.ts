import { createRandom } from '../random.js'
import { BENCHMARK_SYMBOL, type Instrument } from './instruments.js'

/**
 * The shape of the simulated prices: a sum of twelve waves whose periods have no common measure, from twenty seconds to
 * thirty days, each as high as the root of its period. On every scale in between such a sum moves about as far as a
 * random walk of the wanted volatility would, and yet it can be asked for any instant without the ones before it, in
 * JavaScript and in SQL alike; a walk would have to be stored.
 */
export const WAVE_PERIODS_MS = [
  20_011, 58_237, 170_063, 495_983, 1_446_019, 4_216_957, 12_297_013, 35_859_977, 104_570_023, 304_939_987, 889_230_029,
  2_593_100_011,
] as const

/** Makes Σ amplitude² (1 − cos) of waves whose periods grow by this ratio equal to the variance of a random walk. */
const PERIOD_RATIO = (2_593_100_011 / 20_011) ** (1 / 11)
const AMPLITUDE_OF_ROOT_PERIOD = Math.sqrt(Math.log(PERIOD_RATIO) / Math.PI ** 2)

/** A year of market time: equities trade 252 sessions, the night of each counted as two hours. */
const YEAR_MS = { XNYS: 252 * 8.5 * 3_600_000, '24x7': 365 * 86_400_000 }

/** How far a symbol's waves stray from those of its market, in radians; the mean correlation is sin(x)/x. */
const STRAY_RADIANS = 1.9

/** The bounce between bid and ask, as a ratio of the price: the part of a price that changes from second to second. */
const BOUNCE = { XNYS: 0.000_06, '24x7': 0.000_1 }
export const BOUNCE_PRIME = 10_007
export const BOUNCE_STEP = 7_919

/** The constants of one symbol's price, as JavaScript and SQL both use them. */
export interface PriceCurve {
  readonly instrument: Instrument
  /** Factors of the sines and cosines of the waves, in the order of WAVE_PERIODS_MS. */
  readonly sines: readonly number[]
  readonly cosines: readonly number[]
  readonly bounce: number
  readonly salt: number
  /** Ticks in one dollar. */
  readonly ticksPerUsd: number
  readonly halfSpread: number
}

/** The curve of one instrument in the market of a seed. */
export function priceCurve(instrument: Instrument, seed: number): PriceCurve {
  const market = createRandom(`${seed}/market/${instrument.calendar}`)
  const own = createRandom(`${seed}/market/${instrument.symbol}`)
  const perRootMs = instrument.annualVolatility / Math.sqrt(YEAR_MS[instrument.calendar])
  const waves = WAVE_PERIODS_MS.map((periodMs) => {
    const stray = own.between(-STRAY_RADIANS, STRAY_RADIANS)
    const phase = market.between(0, 2 * Math.PI) + (instrument.symbol === BENCHMARK_SYMBOL ? 0 : stray)
    const amplitude = AMPLITUDE_OF_ROOT_PERIOD * perRootMs * Math.sqrt(periodMs)
    return { sine: amplitude * Math.cos(phase), cosine: amplitude * Math.sin(phase) }
  })
  return {
    instrument,
    sines: waves.map(({ sine }) => sine),
    cosines: waves.map(({ cosine }) => cosine),
    bounce: BOUNCE[instrument.calendar],
    salt: own.integer(1, BOUNCE_PRIME - 1),
    ticksPerUsd: 10 ** instrument.priceDecimals,
    halfSpread: instrument.halfSpreadBps / 10_000,
  }
}

/** Sines and cosines of all waves at a market time. */
export interface WaveValues {
  readonly sines: readonly number[]
  readonly cosines: readonly number[]
}

/** The same for all symbols of a market. */
export function waveValues(marketMs: number): WaveValues {
  const angles = WAVE_PERIODS_MS.map((periodMs) => (2 * Math.PI * (marketMs % periodMs)) / periodMs)
  return { sines: angles.map(Math.sin), cosines: angles.map(Math.cos) }
}

/** A number in [0, BOUNCE_PRIME) that jumps about from second to second; integer arithmetic, so SQL has the same. */
export function bounceAt(marketMs: number, salt: number): number {
  const step = (Math.floor(marketMs / 1000) * BOUNCE_STEP + salt) % BOUNCE_PRIME
  return (step * step + salt) % BOUNCE_PRIME
}
