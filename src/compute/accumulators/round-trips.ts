import { absolute, divideHalfEven, type MoneyE17, type QuantityE9 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { recordOf } from '../../lib/record-of.js'
import { partitionPoint } from '../../lib/sorted-search.js'
import { COST_SOURCES, type CostSource, type Costs, costsBy, NO_COSTS, plusCosts } from '../costs.js'
import { HELD_DIGITS, sumsOfTrade, TRADE_SUMS, type TradeSums, tradeResult } from '../formulas/trades.js'
import { SummedTimeline, type Sums } from './summed-timeline.js'
import type { CarriedTrip, LedgerState, LedgerStep, SymbolLedger } from './symbol-ledger.js'

/** A round trip from flat to flat that is over. */
interface ClosedTrip {
  /** When it came to be flat. */
  readonly at: EpochMs
  readonly id: string
  /** It came with a position taken over, or snapshots corrected it: no trade. */
  readonly isExcluded: boolean
  /** Realised on the way, fees in coin taken off. */
  readonly gross: MoneyE17
  /** Of its own fills. */
  readonly costs: Costs
  readonly held: bigint
}

/** One that is not over. Moments are quantity times instant, summed. */
interface OpenTrip {
  readonly openedAt: EpochMs
  readonly isExcluded: boolean
  /** What the ledger had realised, and fees in coin, when it began. */
  readonly realizedBefore: MoneyE17
  readonly feesBefore: MoneyE17
  readonly costs: Costs
  readonly entered: QuantityE9
  readonly entryMoment: bigint
  readonly exited: QuantityE9
  readonly exitMoment: bigint
}

/** After a step of the ledger: the trip that is open then, and how many are over. */
interface Mark {
  /** Tells whether the ledger still is what it was here. */
  readonly state: LedgerState
  readonly open: OpenTrip | undefined
  readonly closed: number
}

/** A round trip that is over, as somebody reads it. */
export interface TripReport {
  /** The steps that began and ended it; where a fill went through zero, one step did both. */
  readonly opened: LedgerStep
  readonly closed: LedgerStep
  readonly isExcluded: boolean
  /** What it came to after costs, in 10⁻⁸ dollars: what statistics classify and add. */
  readonly result: bigint
  readonly gross: MoneyE17
  readonly costs: MoneyE17
  /** In 10⁻¹² ms. */
  readonly held: bigint
}

export interface ClosedTrades extends TradeSums {
  readonly excluded: bigint
}

const HELD_UNIT = 10n ** BigInt(HELD_DIGITS)
const NAMES = [...TRADE_SUMS, 'excluded'] as const
type Name = (typeof NAMES)[number]

/**
 * The round trips of one symbol in one book, made from its ledger and following it: after a change they are gone through
 * again from there on, when somebody asks.
 *
 * A ledger makes a new state of everything that comes after a change, so how far the trips still hold is where its states
 * stop being the ones that they were made from; no change has to be told. What a trade cost is kept as each source of
 * costs tells it, and added up for the one that counts.
 * Source: METRICS section 1, "Trade" and "Costs", and fine print 1 and 12.
 */
export class RoundTrips {
  readonly #ledger: SymbolLedger
  readonly #marks: Mark[] = []
  readonly #closed = new SummedTimeline<ClosedTrip, Name>(NAMES, (trip) => sumsOf(trip, this.#source))
  /** Whose costs the sums of closed trips are made with. */
  #source: CostSource | 'none' = 'none'

  constructor(ledger: SymbolLedger) {
    this.#ledger = ledger
  }

  /** The trades that were closed in (from, to], as a source of costs tells their results. */
  closedIn(from: EpochMs, to: EpochMs, source: CostSource | 'none'): ClosedTrades {
    this.#settleTo(to)
    if (source !== this.#source) this.#closed.recount()
    this.#source = source
    return this.#closed.between(from, to)
  }

  /** The round trips that were closed in (from, to], oldest first: those that `closedIn` adds up. */
  tripsIn(from: EpochMs, to: EpochMs, source: CostSource | 'none'): TripReport[] {
    this.#settleTo(to)
    const { steps } = this.#ledger.stepsUpTo(to)
    const reports: TripReport[] = []
    for (let place = this.#closed.indexAt(from) + 1; place <= this.#closed.indexAt(to); place += 1) {
      const trip = this.#closed.at(place)
      if (trip === undefined) break
      const index = Number(trip.id)
      const [closed, opened] = [steps[index], steps[openingOf(steps, index)]]
      if (closed === undefined || opened === undefined) break
      const { gross, held, isExcluded } = trip
      const costs = costsBy(source, trip.costs)
      reports.push({ opened, closed, isExcluded, gross, costs, held, result: tradeResult(gross - costs) })
    }
    return reports
  }

  /** What the round trip that is open at an instant has done until then; undefined when flat, or when it is no trade. */
  openAt(at: EpochMs): CarriedTrip | undefined {
    this.#settleTo(at)
    const { state, open } = this.#marks[this.#ledger.stepsUpTo(at).count - 1] ?? {}
    if (state === undefined || open === undefined || open.isExcluded) return undefined
    const { openedAt, entered, entryMoment, exited, exitMoment, costs } = open
    return { openedAt, entered, entryMoment, exited, exitMoment, costs, earned: earnedIn(open, state) }
  }

  #settleTo(at: EpochMs): void {
    const { steps, count } = this.#ledger.stepsUpTo(at)
    const valid = partitionPoint(
      Math.min(count, this.#marks.length),
      (index) => this.#marks[index]?.state === steps[index]?.state,
    )
    this.#dropFrom(valid)
    for (let index = valid; index < count; index += 1) {
      const step = steps[index]
      if (step === undefined) break
      const before = this.#marks[index - 1]
      const { closed, open } = follow(before?.open, steps[index - 1]?.state, step)
      if (closed !== undefined) this.#closed.add({ ...closed, id: String(index).padStart(9, '0') })
      this.#marks.push({ state: step.state, open, closed: (before?.closed ?? 0) + (closed === undefined ? 0 : 1) })
    }
  }

  /** What lies after the instant that is asked for may have changed as well; it is looked at again when its turn comes. */
  #dropFrom(index: number): void {
    if (index >= this.#marks.length) return
    this.#marks.length = index
    this.#closed.truncate(this.#marks[index - 1]?.closed ?? 0)
  }
}

/** The step before which the position that a step closed was not there, or was on the other side. */
function openingOf(steps: readonly LedgerStep[], closing: number): number {
  const held = steps[closing - 1]?.state.quantity ?? 0n
  let index = closing - 1
  for (; index > 0; index -= 1) {
    const before = steps[index - 1]?.state.quantity ?? 0n
    if (before === 0n || before > 0n !== held > 0n) break
  }
  return index
}

function sumsOf(trip: ClosedTrip, source: CostSource | 'none'): Sums<Name> {
  if (trip.isExcluded) return { trades: 0n, wins: 0n, losses: 0n, won: 0n, lost: 0n, held: 0n, excluded: 1n }
  const result = tradeResult(trip.gross - costsBy(source, trip.costs))
  return { ...sumsOfTrade(result, trip.held), excluded: 0n }
}

interface Followed {
  readonly open: OpenTrip | undefined
  readonly closed?: Omit<ClosedTrip, 'id'>
}

/** One step of the ledger: opens, goes on, closes, or closes one and opens the next. */
function follow(open: OpenTrip | undefined, before: LedgerState | undefined, step: LedgerStep): Followed {
  const { state, fill, adjustment } = step
  const held = before?.quantity ?? 0n
  if (held === state.quantity) return { open }
  const isTrade = fill !== undefined || adjustment?.kind === 'fee_in_kind'
  if (held === 0n || open === undefined)
    return { open: opened(step, absolute(state.quantity), fill?.costs ?? NO_COSTS) }

  const costs = fill?.costs ?? NO_COSTS
  if (held > 0n === state.quantity > 0n && state.quantity !== 0n) {
    const goesOn = { ...open, isExcluded: open.isExcluded || (!isTrade && adjustment?.kind !== 'split') }
    return { open: fill === undefined ? goesOn : filled(goesOn, step, absolute(state.quantity) > absolute(held)) }
  }
  const size = fill?.quantity ?? absolute(held)
  const isFlip = state.quantity !== 0n
  const closing = isFlip ? shareOf(costs, absolute(held), size) : costs
  const last: OpenTrip = { ...open, isExcluded: open.isExcluded || !isTrade, costs: plusCosts(open.costs, closing) }
  const whole = fill === undefined ? last : exited(last, step.at, isFlip ? absolute(held) : size)
  return {
    closed: closedAt(whole, step),
    open: isFlip ? opened(step, absolute(state.quantity), lessCosts(costs, closing)) : undefined,
  }
}

/**
 * What begins with a fill is a trade, and so is what is told since it began; what was taken over or corrected into being
 * is none.
 */
function opened({ at, fill, trip, state }: LedgerStep, entered: QuantityE9, costs: Costs): OpenTrip {
  if (trip !== undefined) {
    const { earned, ...carried } = trip
    return {
      ...carried,
      isExcluded: false,
      realizedBefore: state.realized - earned,
      feesBefore: state.feesInKind,
    }
  }
  return {
    openedAt: at,
    isExcluded: fill === undefined,
    realizedBefore: state.realized,
    feesBefore: state.feesInKind,
    costs,
    entered,
    entryMoment: entered * BigInt(at),
    exited: 0n,
    exitMoment: 0n,
  }
}

function filled(open: OpenTrip, { at, fill }: LedgerStep, isEntry: boolean): OpenTrip {
  if (fill === undefined) return open
  const costs = plusCosts(open.costs, fill.costs)
  if (!isEntry) return exited({ ...open, costs }, at, fill.quantity)
  const entryMoment = open.entryMoment + fill.quantity * BigInt(at)
  return { ...open, costs, entered: open.entered + fill.quantity, entryMoment }
}

function exited(open: OpenTrip, at: EpochMs, quantity: QuantityE9): OpenTrip {
  return { ...open, exited: open.exited + quantity, exitMoment: open.exitMoment + quantity * BigInt(at) }
}

function closedAt(trip: OpenTrip, { at, state }: LedgerStep): Omit<ClosedTrip, 'id'> {
  const { isExcluded, costs } = trip
  return { at, isExcluded, gross: earnedIn(trip, state), costs, held: heldBy(trip, at) }
}

function earnedIn({ realizedBefore, feesBefore }: OpenTrip, state: LedgerState): MoneyE17 {
  return state.realized - realizedBefore - (state.feesInKind - feesBefore)
}

/** From the average time of the entries to that of the exits; of a coin that only fees took away, to when it was gone. */
function heldBy({ entered, entryMoment, exited: out, exitMoment }: OpenTrip, at: EpochMs): bigint {
  const [quantity, moment] = out === 0n ? [1n, BigInt(at)] : [out, exitMoment]
  return divideHalfEven((moment * entered - entryMoment * quantity) * HELD_UNIT, quantity * entered)
}

/** The part of a fill's costs that belongs to a part of its quantity. */
function shareOf(costs: Costs, part: QuantityE9, whole: QuantityE9): Costs {
  if (costs === NO_COSTS) return costs
  return recordOf(COST_SOURCES, (source) => divideHalfEven(costs[source] * part, whole))
}

function lessCosts(a: Costs, b: Costs): Costs {
  return b === NO_COSTS ? a : recordOf(COST_SOURCES, (source) => a[source] - b[source])
}
