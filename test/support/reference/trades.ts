import type { EpochMs } from '../../../src/domain/time.js'
import { type Adjustment, beginningOf, type History } from './adjustments.js'
import { divide, type Fraction, fraction, magnitude, quotient, sum } from './exact.js'
import { type Answer, type CostSource, type Knowledge, type ReferenceFill, signed } from './knowledge.js'
import { ReferenceLedger } from './ledger.js'
import type { ReferencePnl } from './pnl.js'

/** From flat to flat: METRICS section 1, "Trade". */
export interface RoundTrip {
  readonly symbol: string
  readonly closedAt: EpochMs
  /** Net of costs, in units of 10⁻⁸. */
  readonly result: bigint
  /** Undefined where nothing was traded on one of its sides. */
  readonly holdingMs: Fraction | undefined
  /** Begun before history, or touched by a rebase: no trade. */
  readonly isDropped: boolean
}

interface Leg {
  readonly quantity: bigint
  readonly at: EpochMs
}

/** A round trip that goes on. */
interface Open {
  readonly entries: Leg[]
  readonly exits: Leg[]
  net: bigint
  isDropped: boolean
}

/** All round trips of one symbol that were closed up to T, oldest first. */
export function roundTripsOf(
  { symbol, fills, opening }: History,
  adjustments: readonly Adjustment[],
  known: Knowledge,
  source: CostSource | undefined,
): RoundTrip[] {
  const trips: RoundTrip[] = []
  const ledger = new ReferenceLedger(known.termsOf(symbol).lotSize)
  const begins = beginningOf(opening)
  let open = newTrip()
  if (opening.kind === 'taken over' && begins <= known.at) {
    ledger.takeOver(opening.quantity, opening.cost)
    open.isDropped = opening.quantity !== 0n
  }
  const steps = [
    ...fills.filter(({ at }) => at > begins).map((fill) => ({ at: fill.at, fill })),
    ...adjustments.map((adjustment) => ({ at: adjustment.at, adjustment })),
  ].sort((a, b) => a.at - b.at)
  for (const step of steps) {
    if (step.at > known.at) break
    if ('fill' in step) trade(step.fill)
    else adjust(step.adjustment)
  }
  return trips

  function trade(fill: ReferenceFill): void {
    const quantity = signed(fill)
    change({ quantity, worth: known.worthOf(fill), at: fill.at }, source === undefined ? 0n : fill.costs[source])
  }

  function adjust(adjustment: Adjustment): void {
    if (adjustment.kind === 'split') ledger.takeOver(adjustment.quantity, adjustment.cost)
    else if (adjustment.kind === 'fee in kind') payInKind(adjustment)
    else {
      open.isDropped = true
      change(adjustment, 0n)
      // What a rebase turns around begins with it.
      open.isDropped = ledger.quantity !== 0n
    }
  }

  /** What was taken has its gain, and is a cost; it is no exit. */
  function payInKind({ quantity, worth, at }: { quantity: bigint; worth: bigint; at: EpochMs }): void {
    const before = ledger.realized
    ledger.trade({ quantity, worth })
    open.net += ledger.realized - before - worth
    if (ledger.quantity === 0n) close(at)
  }

  function change({ quantity, worth, at }: { quantity: bigint; worth: bigint; at: EpochMs }, cost: bigint): void {
    const held = ledger.quantity
    const before = ledger.realized
    ledger.trade({ quantity, worth })
    const isEntry = held === 0n || held > 0n === quantity > 0n
    if (isEntry) {
      open.entries.push({ quantity: magnitude(quantity), at })
      open.net -= cost
      return
    }
    const [size, closable] = [magnitude(quantity), magnitude(held)]
    const isTurn = size > closable && ledger.quantity !== 0n
    const closingCost = isTurn ? divide(cost * closable, size) : cost
    open.exits.push({ quantity: size < closable ? size : closable, at })
    open.net += ledger.realized - before - closingCost
    if (ledger.quantity !== 0n && !isTurn) return
    close(at)
    if (!isTurn) return
    open.entries.push({ quantity: magnitude(ledger.quantity), at })
    open.net -= cost - closingCost
  }

  function close(at: EpochMs): void {
    const { entries, exits, net, isDropped } = open
    const [from, to] = [averageTime(entries), averageTime(exits)]
    const holdingMs =
      from === undefined || to === undefined
        ? undefined
        : fraction(to.over * from.under - from.over * to.under, to.under * from.under)
    trips.push({ symbol, closedAt: at, result: toEightDecimals(net), holdingMs, isDropped })
    open = newTrip()
  }
}

function newTrip(): Open {
  return { entries: [], exits: [], net: 0n, isDropped: false }
}

function averageTime(legs: readonly Leg[]): Fraction | undefined {
  const weight = sum(legs.map(({ quantity }) => quantity))
  return weight === 0n ? undefined : fraction(sum(legs.map(({ quantity, at }) => quantity * BigInt(at))), weight)
}

/** From 10⁻¹⁷ to 10⁻⁸, half away from zero. */
function toEightDecimals(money: bigint): bigint {
  const rounded = (magnitude(money) + 500_000_000n) / 1_000_000_000n
  return money < 0n ? -rounded : rounded
}

/** METRICS rows 17 to 23 and 25. */
export function tradeAnswers(pnl: ReferencePnl, start: EpochMs): Record<string, Answer> {
  const { known, positions, costs } = pnl
  const trades = positions
    .roundTrips(costs.source)
    .filter(({ closedAt, isDropped }) => closedAt > start && closedAt <= known.at && !isDropped)
  const isIdle = !pnl.happenedSince(start) && !pnl.isAdjustedSince(start)
  const isUnknown = !isIdle && positions.isAnyUnknownAfter(start)
  const isForeign = trades.some(({ symbol }) => known.termsOf(symbol).currency !== 'USD')
  const results = trades.map(({ result }) => result)
  const wins = results.filter((result) => result > 0n)
  const losses = results.filter((result) => result < 0n)
  const [won, lost] = [sum(wins), -sum(losses)]
  const winCount = BigInt(wins.length)
  const lossCount = BigInt(losses.length)
  const one = 100_000_000n

  const unlessUnknown = (answer: () => Answer): Answer => (isUnknown ? 'unknown_opening_position' : answer())
  const perTrade = (answer: () => Answer): Answer => unlessUnknown(() => (trades.length === 0 ? 'no_trades' : answer()))
  const inDollars = (answer: () => Answer): Answer => (isForeign ? 'currency' : perTrade(answer))
  return {
    trade_count: unlessUnknown(() => trades.length),
    win_rate: inDollars(() => wins.length / trades.length),
    profit_factor: inDollars(() => (lost === 0n ? 'no_losses' : quotient(won, lost))),
    avg_win: inDollars(() => (winCount === 0n ? 'no_wins' : quotient(won, winCount * one))),
    avg_loss: inDollars(() => (lossCount === 0n ? 'no_losses' : quotient(-lost, lossCount * one))),
    payoff_ratio: inDollars(() => {
      if (winCount === 0n) return 'no_wins'
      return lossCount === 0n ? 'no_losses' : quotient(won * lossCount, lost * winCount)
    }),
    expectancy_per_trade: inDollars(() => quotient(sum(results), BigInt(trades.length) * one)),
    avg_holding_minutes: perTrade(() => averageHolding(trades)),
  }
}

function averageHolding(trades: readonly RoundTrip[]): Answer {
  const times = trades.flatMap(({ holdingMs }) => holdingMs ?? [])
  if (times.length === 0) return 'no_trades'
  const whole = times.reduce(
    (a, b) => fraction(a.over * b.under + b.over * a.under, a.under * b.under),
    fraction(0n, 1n),
  )
  return quotient(whole.over, whole.under * BigInt(times.length) * 60_000n)
}
