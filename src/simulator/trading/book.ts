import type { Calendar } from '../../domain/calendar.js'
import { absolute, MONEY_DIGITS, type MoneyE17, parseScaled, type QuantityE9 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import type { IncidentLog } from '../incidents/incident-log.js'
import type { Density } from '../market/density.js'
import type { Market } from '../market/market.js'
import { createRandom, type Random } from '../random.js'
import type { AccountLedger } from './account-ledger.js'
import { type BookState, decide, type Wish } from './decide.js'
import { createIntent } from './intent.js'
import type { Intent } from './order.js'
import { type DecisionTime, nextDecision, UNWIND_BEFORE_CLOSE_MS } from './schedule.js'
import type { StrategyProfile } from './strategies.js'

/** One strategy at work in one account. */
export interface Book {
  readonly strategy: StrategyProfile
  /** When it decides next. */
  nextAt(): EpochMs
  /** Decides now, at nextAt(); undefined when it lets the signal pass. Its symbol is busy until `settle`. */
  decide(): Intent | undefined
  fill(symbol: string, qtyE9: QuantityE9): void
  settle(symbol: string): void
}

export interface BookOptions {
  readonly strategy: StrategyProfile
  readonly ledger: AccountLedger
  readonly calendar: Calendar
  readonly density: Density
  readonly market: Market
  readonly seed: number
  readonly firstAt: EpochMs
  readonly incidents: IncidentLog
}

export function createBook(options: BookOptions): Book {
  const { strategy, ledger, calendar, density, market, seed, firstAt, incidents } = options
  const held = new Map<string, QuantityE9>()
  const busy = new Set<string>()
  const { account } = ledger
  const state: BookState = { strategy, account, held, busy }
  let number = 0
  let random = createRandom(`${seed}/${strategy.name}/0`)
  let next = nextDecision(strategy, calendar, density, firstAt, random)

  function decideAt({ at, signalAt }: DecisionTime): Intent | undefined {
    if (incidents.isOn('signal-gap', signalAt)) return undefined
    const closesAt =
      calendar.nextSession(at) === undefined ? Number.POSITIVE_INFINITY : calendar.latestSession(at).closesAt
    const withdrawnAt = strategy.flatAtClose ? closesAt - UNWIND_BEFORE_CLOSE_MS : closesAt
    const unwinding = strategy.flatAtClose && at >= withdrawnAt
    const wish = decide(state, { at, unwinding, market, random })
    if (!wish) return undefined
    const { instrument, side, qtyE9 } = wish
    const quote = market.quote(instrument.symbol, signalAt)
    const made = {
      ...{ number, strategy, account, instrument, at, signalAt, side, qtyE9, tags: tagsOf(strategy, random) },
      ...{ priceE8: market.priceE8(instrument.symbol, signalAt), spreadE8: quote.askE8 - quote.bidE8 },
    }
    const overLimit = wish.opens && grossAfter(ledger, wish, market, at) > limitOf(ledger)
    const incidentRandom = createRandom(`${seed}/${strategy.name}/${number}/incidents`)
    return createIntent(made, {
      ...{ overLimit, urgent: unwinding, closesAt, withdrawnAt, market, random },
      ...{ incidents, incidentRandom },
    })
  }

  return {
    strategy,
    nextAt: () => next.at,
    decide() {
      const intent = decideAt(next)
      if (intent) busy.add(intent.decision.instrument.symbol)
      number += 1
      random = createRandom(`${seed}/${strategy.name}/${number}`)
      next = nextDecision(strategy, calendar, density, next.at, random)
      return intent
    },
    fill(symbol, qtyE9) {
      const after = (held.get(symbol) ?? 0n) + qtyE9
      if (after === 0n) held.delete(symbol)
      else held.set(symbol, after)
    },
    settle: (symbol) => void busy.delete(symbol),
  }
}

function tagsOf({ tags }: StrategyProfile, random: Random): string[] {
  return [...new Set([random.pick(tags), random.pick(tags)])]
}

function grossAfter(ledger: AccountLedger, wish: Wish, market: Market, at: EpochMs): MoneyE17 {
  const wanted = wish.qtyE9 * market.priceE8(wish.instrument.symbol, at)
  return ledger
    .holdings()
    .reduce((sum, { symbol, qtyE9 }) => sum + absolute(qtyE9) * market.priceE8(symbol, at), wanted)
}

function limitOf({ account }: AccountLedger): MoneyE17 {
  return parseScaled((account.initialCashUsd * account.maxLeverage).toFixed(2), MONEY_DIGITS) ?? 0n
}
