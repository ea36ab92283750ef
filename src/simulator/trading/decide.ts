import { absolute, MONEY_DIGITS, parseScaled, QUANTITY_DIGITS, type QuantityE9 } from '../../domain/exact.js'
import type { Side } from '../../domain/facts.js'
import type { EpochMs } from '../../domain/time.js'
import type { Instrument } from '../market/instruments.js'
import type { Market } from '../market/market.js'
import type { Random } from '../random.js'
import type { AccountProfile } from './accounts.js'
import type { StrategyProfile } from './strategies.js'

/** What one strategy holds, and the symbols in which it has an order open: on those it does not decide. */
export interface BookState {
  readonly strategy: StrategyProfile
  readonly account: AccountProfile
  readonly held: ReadonlyMap<string, QuantityE9>
  readonly busy: ReadonlySet<string>
}

/** The moment of a decision. */
export interface Situation {
  readonly at: EpochMs
  /** True when the strategy only closes: the end of its session is near. */
  readonly unwinding: boolean
  readonly market: Market
  readonly random: Random
}

export interface Wish {
  readonly instrument: Instrument
  readonly side: Side
  readonly qtyE9: QuantityE9
  /** True when it adds exposure: what risk limits look at. */
  readonly opens: boolean
}

/** What a strategy wants to do now; undefined when there is nothing it wants or may do. */
export function decide(book: BookState, situation: Situation): Wish | undefined {
  const { random } = situation
  const [first, ...rest] = [...book.held.keys()].filter((symbol) => !book.busy.has(symbol))
  if (situation.unwinding)
    return first === undefined ? undefined : reduce(book, random.pick([first, ...rest]), 1, situation)
  const full = book.held.size + book.busy.size >= book.strategy.maxPositions
  if (first !== undefined && (full || random.chance(0.45)))
    return change(book, random.pick([first, ...rest]), situation)
  return full ? undefined : open(book, situation)
}

/** A held position is closed, reduced, turned round or added to. */
function change(book: BookState, symbol: string, situation: Situation): Wish | undefined {
  const { random, market } = situation
  const turns = book.strategy.direction === 'long_short' ? 14 : 0
  const what = random.weighted([
    ['close', 52],
    ['reduce', 24],
    ['turn', turns],
    ['add', 10],
  ])
  if (what === 'close') return reduce(book, symbol, 1, situation)
  if (what === 'reduce') return reduce(book, symbol, random.between(0.3, 0.7), situation)
  const qtyE9 = book.held.get(symbol) ?? 0n
  const long = qtyE9 > 0n
  const instrument = market.instrument(symbol)
  if (what === 'add')
    return { instrument, side: long ? 'buy' : 'sell', qtyE9: size(book, instrument, 0.5, situation), opens: true }
  const turned = absolute(qtyE9) + size(book, instrument, 1, situation)
  return { instrument, side: long ? 'sell' : 'buy', qtyE9: turned, opens: true }
}

function reduce(book: BookState, symbol: string, share: number, { market }: Situation): Wish | undefined {
  const qtyE9 = book.held.get(symbol) ?? 0n
  const instrument = market.instrument(symbol)
  const lotE9 = lotOf(instrument)
  const part = ((absolute(qtyE9) / lotE9) * BigInt(Math.round(share * 1000))) / 1000n
  const closing = share === 1 || part === 0n ? absolute(qtyE9) : part * lotE9
  return closing === 0n ? undefined : { instrument, side: qtyE9 > 0n ? 'sell' : 'buy', qtyE9: closing, opens: false }
}

/** How many symbols a strategy looks at before it lets the signal pass. */
const LOOKS = 4

/** A new position in the direction in which the strategy believes; long-only strategies look for one that rises. */
function open(book: BookState, situation: Situation): Wish | undefined {
  const { at, market, random } = situation
  const { strategy, held, busy } = book
  for (let look = 0; look < LOOKS; look += 1) {
    const symbol = random.pick(strategy.universe)
    const rises = market.priceAfterE8(symbol, at, strategy.horizonMs) >= market.priceE8(symbol, at)
    const side: Side = rises === random.chance(0.5 + strategy.skill) ? 'buy' : 'sell'
    if (held.has(symbol) || busy.has(symbol) || (side === 'sell' && strategy.direction === 'long')) continue
    const instrument = market.instrument(symbol)
    return { instrument, side, qtyE9: size(book, instrument, 1, situation), opens: true }
  }
  return undefined
}

function lotOf(instrument: Instrument): QuantityE9 {
  return 10n ** BigInt(QUANTITY_DIGITS - instrument.quantityDecimals)
}

/** A quantity worth about the strategy's share of the account's cash at the start: whole lots, at least one. */
function size(book: BookState, instrument: Instrument, scale: number, { at, market, random }: Situation): QuantityE9 {
  const notionalUsd = book.account.initialCashUsd * book.strategy.positionShare * scale * random.between(0.6, 1.4)
  const notionalE17 = parseScaled(notionalUsd.toFixed(2), MONEY_DIGITS) ?? 0n
  const lotE9 = lotOf(instrument)
  const lots = notionalE17 / market.priceE8(instrument.symbol, at) / lotE9
  return (lots > 0n ? lots : 1n) * lotE9
}
