import { divideHalfEven, type PriceE8, QUANTITY_DIGITS, type QuantityE9 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import type { Market } from '../market/market.js'
import type { Random } from '../random.js'
import type { AccountProfile } from './accounts.js'
import { costsOf } from './costs.js'
import { drawFate, type Fate, type Submission } from './fate.js'
import type { Decision, Fill, Order } from './order.js'
import { fillPriceE8, restingLimitE8, worsened } from './prices.js'

/** A fill comes no later than this before the close; what is still open then expires. */
const LAST_FILL_BEFORE_CLOSE_MS = 400

/** Who takes an order in place of the adapter that was meant, and why. */
const FALLBACKS = {
  lean: { adapter: 'alpaca', reason: 'lean_runner_timeout' },
  alpaca: { adapter: 'lean', reason: 'alpaca_client_unavailable' },
} as const satisfies Record<AccountProfile['adapter'], { adapter: AccountProfile['adapter']; reason: string }>

/**
 * Decides at once all that will ever happen to an order; the rows then show of it what can be known at their time.
 *
 * Market orders fill within seconds in one to four parts. Limit orders fill later, are cancelled, or expire with their
 * session, each also half done. A few are rejected.
 */
export function executeOrder(submission: Submission, market: Market, random: Random): Order {
  const { decision, submittedAt, closesAt, orderType, isRerouted = false, excessCost = 0 } = submission
  const { account } = decision
  const lotE9 = 10n ** BigInt(QUANTITY_DIGITS - decision.instrument.quantityDecimals)
  const qtyE9 = random.chance(0.04) ? trimmed(decision.qtyE9, lotE9, random) : decision.qtyE9
  const fate = drawFate(submission, random)
  const quantities = partition(qtyE9, fate, lotE9, random)
  const endsAt = fate.status === 'expired' ? closesAt + random.integer(150, 900) : submittedAt + fate.endsAfterMs
  const latest = Math.min(fate.status === 'expired' ? closesAt : endsAt, closesAt - LAST_FILL_BEFORE_CLOSE_MS)
  const times = fillTimes(submittedAt, latest, quantities.length, fate, random)
  const prices = times.map((at) => worsened(fillPriceE8(market, decision, at, orderType, random), decision, excessCost))
  const fills = cumulate(decision, quantities, times, prices)
  const lastFillAt = fills.at(-1)?.at
  const falls = (account.adapter === 'lean' && random.chance(0.04)) || isRerouted
  const fallback = falls ? FALLBACKS[account.adapter] : undefined
  return {
    orderType,
    timeInForce: closesAt === Infinity ? 'gtc' : 'day',
    limitPriceE8: orderType === 'limit' ? restingLimitE8(market, decision, submittedAt, prices, random) : undefined,
    qtyE9,
    submittedAt,
    expectedAdapter: account.adapter,
    actualAdapter: fallback?.adapter ?? account.adapter,
    fallbackReason: fallback?.reason,
    fills,
    end: { status: fate.status, at: fate.status === 'filled' ? (lastFillAt ?? endsAt) : endsAt },
    feedDelayMs: random.integer(90, 420),
    events: account.orderFeed
      ? random.weighted([
          ['none', 7],
          ['linked', 2],
          ['unlinked', 1],
        ])
      : 'none',
  }
}

/** Risk sometimes lets less through than the decision wanted. */
function trimmed(qtyE9: QuantityE9, lotE9: QuantityE9, random: Random): QuantityE9 {
  const lots = ((qtyE9 / lotE9) * BigInt(random.integer(60, 90))) / 100n
  return lots > 0n ? lots * lotE9 : qtyE9
}

/** Cuts the part that fills into whole lots; fewer parts when there are not enough lots. */
function partition(qtyE9: QuantityE9, fate: Fate, lotE9: QuantityE9, random: Random): QuantityE9[] {
  const lots = qtyE9 / lotE9
  const filling = fate.filledShare === 1 ? lots : (lots * BigInt(Math.round(fate.filledShare * 1000))) / 1000n
  let left = filling
  const quantities: QuantityE9[] = []
  for (let part = fate.parts; part > 0 && left > 0n; part -= 1) {
    const share = part === 1 ? left : (left * BigInt(random.integer(200, 800))) / 1000n
    if (share === 0n) continue
    quantities.push(share * lotE9)
    left -= share
  }
  const last = quantities.pop()
  return last === undefined ? [] : [...quantities, last + left * lotE9]
}

/** Ascending instants after the submit and not after `latest`, the last of a complete fill at the order's end. */
function fillTimes(submittedAt: EpochMs, latest: EpochMs, count: number, fate: Fate, random: Random): EpochMs[] {
  const spanMs = Math.max(count, latest - submittedAt - 1)
  const offsets = Array.from({ length: count }, () => random.between(0.05, 0.95)).sort((a, b) => a - b)
  if (fate.status === 'filled' && count > 0) offsets[count - 1] = 1
  let previous = submittedAt
  return offsets.map((offset) => {
    previous = Math.max(previous + 1, submittedAt + Math.floor(offset * spanMs))
    return previous
  })
}

function cumulate(
  decision: Decision,
  quantities: readonly QuantityE9[],
  times: readonly EpochMs[],
  prices: readonly PriceE8[],
): Fill[] {
  let filledE9 = 0n
  let notionalE17 = 0n
  return quantities.map((qtyE9, part) => {
    filledE9 += qtyE9
    notionalE17 += qtyE9 * (prices[part] ?? 0n)
    const averageE8 = divideHalfEven(notionalE17, filledE9)
    const costsE17 = costsOf(decision.account.costs, filledE9, filledE9 * averageE8)
    return { at: times[part] ?? 0, filledE9, averageE8, costsE17 }
  })
}
