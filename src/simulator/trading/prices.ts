import { PRICE_DIGITS, type PriceE8 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import type { Market } from '../market/market.js'
import type { Random } from '../random.js'
import type { Decision } from './order.js'

function tickE8({ instrument }: Decision): PriceE8 {
  return 10n ** BigInt(PRICE_DIGITS - instrument.priceDecimals)
}

/** A share of a price in whole ticks. */
function ticksOf(priceE8: PriceE8, ratio: number, tick: PriceE8): PriceE8 {
  return BigInt(Math.round((Number(priceE8) * ratio) / Number(tick))) * tick
}

/** What a fill pays: a market order crosses the spread and a little more, a limit order gets the print. */
export function fillPriceE8(
  market: Market,
  decision: Decision,
  at: EpochMs,
  orderType: 'market' | 'limit',
  random: Random,
): PriceE8 {
  const { symbol } = decision.instrument
  if (orderType === 'limit') return market.priceE8(symbol, at)
  const { bidE8, askE8 } = market.quote(symbol, at)
  const impact = random.between(0, 0.000_12)
  return decision.side === 'buy'
    ? askE8 + ticksOf(askE8, impact, tickE8(decision))
    : bidE8 - ticksOf(bidE8, impact, tickE8(decision))
}

/** A price that is worse for whoever trades, by a share of it in whole ticks. */
export function worsened(priceE8: PriceE8, decision: Decision, ratio: number): PriceE8 {
  const more = ticksOf(priceE8, ratio, tickE8(decision))
  return decision.side === 'buy' ? priceE8 + more : priceE8 - more
}

/** The limit of an order: no fill is worse than it; without fills it lies where the market did not go. */
export function restingLimitE8(
  market: Market,
  decision: Decision,
  at: EpochMs,
  fills: readonly PriceE8[],
  random: Random,
): PriceE8 {
  const tick = tickE8(decision)
  const buys = decision.side === 'buy'
  if (fills.length > 0) {
    const worst = fills.reduce((a, b) => ((buys ? a > b : a < b) ? a : b))
    const room = BigInt(random.integer(0, 3)) * tick
    return buys ? worst + room : worst - room
  }
  const priceE8 = market.priceE8(decision.instrument.symbol, at)
  const away = ticksOf(priceE8, random.between(0.004, 0.02), tick)
  return buys ? priceE8 - away : priceE8 + away
}
