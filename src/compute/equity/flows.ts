import { type Calendar, CalendarOutOfRange } from '../../domain/calendar.js'
import { absolute, type MoneyE17 } from '../../domain/exact.js'
import type { CashFlowFact } from '../../domain/facts.js'
import { DAY_MS, type EpochMs } from '../../domain/time.js'
import { compareText } from '../fills.js'
import type { Observation, Observations } from './observations.js'

/** Cash that came in (positive) or went out, in the interval that ends with the observation at `at`. */
export interface Flow {
  readonly at: EpochMs
  readonly amount: MoneyE17
  /** Inferred as far as no record explains it. */
  readonly source: 'recorded' | 'inferred'
}

/** What records say of one interval. */
interface Assigned {
  /** Deposits and withdrawals. */
  capital: MoneyE17
  /** Cash of any kind. */
  cash: MoneyE17
  /** The change of cash shows one of them. */
  isShown: boolean
}

/** A recorded flow and how far its interval has been looked for. */
interface Search {
  readonly fact: CashFlowFact
  searchedTo: EpochMs
  foundAt: EpochMs | undefined
}

/** Amounts agree within one part in this many; a change of cash below one part of equity is no flow. */
const TOLERANCE_DIVISOR = 100n
/** A recorded flow shows in the account's cash by the end of this many sessions. */
const SETTLEMENT_SESSIONS = 3

export interface FlowsOptions {
  readonly observations: Observations
  /** Money paid for fills of the account in (from, to]: bought less sold. */
  readonly paidForFills: (from: EpochMs, to: EpochMs) => MoneyE17
  readonly sessionRollMs: number
}

/**
 * Deposits and withdrawals of one account, each in the interval between two snapshots in which its cash shows it.
 *
 * A recorded one is looked for where the cash changes by its amount, since the record carries a date and no time; else
 * it belongs to the interval that contains its time. Without a record a jump of cash between two snapshots of the same
 * positions is a flow, unless trades within the interval explain it. Dividends, interest and fees are performance: their
 * records only explain a change.
 * Source: METRICS section 1, "Flows", and fine print 6.
 */
export class Flows {
  readonly #options: FlowsOptions
  readonly #recorded = new Map<string, CashFlowFact>()
  #searches: Search[] | undefined
  #searchedIn: Calendar | undefined
  /** Ends of intervals whose cash jumped between equal positions. */
  #jumps: EpochMs[] = []
  #jumpsUpTo: EpochMs = Number.NEGATIVE_INFINITY
  #revision: number | undefined

  constructor(options: FlowsOptions) {
    this.#options = options
  }

  /** Takes a record in; false when it is no news. */
  record(fact: CashFlowFact): boolean {
    const before = this.#recorded.get(fact.flowId)
    if (before !== undefined && isSame(before, fact)) return false
    this.#recorded.set(fact.flowId, fact)
    this.#searches = undefined
    return true
  }

  /** Forgets a record that its source has no more, and returns it. */
  remove(flowId: string): CashFlowFact | undefined {
    const fact = this.#recorded.get(flowId)
    if (fact === undefined) return undefined
    this.#recorded.delete(flowId)
    this.#searches = undefined
    return fact
  }

  at(flowId: string): CashFlowFact | undefined {
    return this.#recorded.get(flowId)
  }

  /** Fills changed from an instant on: what was concluded from later cash has to be concluded again. */
  fillsChangedFrom(at: EpochMs): void {
    if (this.#searches?.some(({ searchedTo }) => searchedTo >= at)) this.#searches = undefined
  }

  /** The flows of intervals that end up to `at`, oldest first, as they could be told then. */
  upTo(at: EpochMs, calendar: Calendar): readonly Flow[] {
    this.#forgetWhatChanged(calendar)
    this.#findJumps()
    if (this.#recorded.size === 0 && this.#jumps.length === 0) return []
    this.#search(calendar)

    const assigned = this.#assignedUpTo(at)
    const flows = new Map<EpochMs, Flow>()
    for (const [endsAt, { capital }] of assigned)
      if (capital !== 0n) flows.set(endsAt, { at: endsAt, amount: capital, source: 'recorded' })
    for (const endsAt of this.#jumps) {
      if (endsAt > at) continue
      const { capital = 0n, cash = 0n, isShown = false } = assigned.get(endsAt) ?? {}
      const unexplained = isShown ? 0n : this.#unexplained(endsAt, cash)
      const amount = capital + unexplained
      if (unexplained !== 0n) flows.set(endsAt, { at: endsAt, amount, source: 'inferred' })
    }
    return [...flows.values()].filter(({ amount }) => amount !== 0n).sort((a, b) => a.at - b.at)
  }

  #assignedUpTo(at: EpochMs): Map<EpochMs, Assigned> {
    const assigned = new Map<EpochMs, Assigned>()
    for (const { fact, foundAt } of this.#searches ?? []) {
      if (fact.at > at) continue
      const isShown = foundAt !== undefined && foundAt <= at
      const endsAt = isShown ? foundAt : this.#intervalOf(fact.at)
      if (endsAt === undefined || endsAt > at) continue
      const interval = assigned.get(endsAt) ?? { capital: 0n, cash: 0n, isShown: false }
      interval.cash += fact.amount
      if (isCapital(fact)) interval.capital += fact.amount
      interval.isShown ||= isShown
      assigned.set(endsAt, interval)
    }
    return assigned
  }

  /** What of a jump of cash neither trades nor records explain. */
  #unexplained(endsAt: EpochMs, recorded: MoneyE17): MoneyE17 {
    const { observations, paidForFills } = this.#options
    const index = observations.indexAt(endsAt)
    const [before, after] = [observations.at(index - 1), observations.at(index)]
    if (before === undefined || after === undefined) return 0n
    const change = after.cash - before.cash
    const besidesTrades = change + paidForFills(before.at, after.at)
    if (!isLarge(besidesTrades, before.equity) || agrees(besidesTrades, recorded)) return 0n
    return change - recorded
  }

  /** Recorded cash of one kind whose time lies in (from, to]. */
  recordedIn(kind: CashFlowFact['kind'], from: EpochMs, to: EpochMs): MoneyE17 {
    let total = 0n
    for (const fact of this.#recorded.values())
      if (fact.kind === kind && fact.at > from && fact.at <= to) total += fact.amount
    return total
  }

  /** What the broker charged in (from, to] without naming an order; positive when it costs. */
  feesIn(from: EpochMs, to: EpochMs): MoneyE17 {
    let total = 0n
    for (const { amount } of this.feeRecordsIn(from, to)) total -= amount
    return total
  }

  /** The records behind `feesIn`. */
  feeRecordsIn(from: EpochMs, to: EpochMs): CashFlowFact[] {
    return [...this.#recorded.values()].filter((fact) => isCashFee(fact) && fact.at > from && fact.at <= to)
  }

  nextFeeAfter(at: EpochMs): EpochMs {
    let next = Number.POSITIVE_INFINITY
    for (const fact of this.#recorded.values()) if (isCashFee(fact) && fact.at > at && fact.at < next) next = fact.at
    return next
  }

  #forgetWhatChanged(calendar: Calendar): void {
    const { observations } = this.#options
    const { revision } = observations
    if (revision !== this.#revision) {
      this.#jumps = []
      this.#jumpsUpTo = Number.NEGATIVE_INFINITY
      this.#searches = undefined
    }
    if (calendar !== this.#searchedIn) this.#searches = undefined
    // Who starts now looks for a record that showed in an interval which has gone among those that are left.
    const oldest = observations.at(0)?.at ?? Number.POSITIVE_INFINITY
    if (this.#searches?.some(({ foundAt }) => foundAt !== undefined && foundAt <= oldest)) this.#searches = undefined
    this.#revision = revision
    this.#searchedIn = calendar
  }

  #findJumps(): void {
    const { observations } = this.#options
    const from = Math.max(1, observations.indexAt(this.#jumpsUpTo) + 1)
    for (let index = from; index < observations.length; index += 1) {
      const [before, after] = [observations.at(index - 1), observations.at(index)]
      if (before !== undefined && after !== undefined && isJump(before, after)) this.#jumps.push(after.at)
    }
    this.#jumpsUpTo = observations.at(observations.length - 1)?.at ?? this.#jumpsUpTo
    const oldest = observations.at(0)?.at ?? Number.POSITIVE_INFINITY
    if ((this.#jumps[0] ?? oldest) < oldest) this.#jumps = this.#jumps.filter((endsAt) => endsAt >= oldest)
  }

  #search(calendar: Calendar): void {
    this.#searches ??= [...this.#recorded.values()]
      .sort((a, b) => a.at - b.at || compareText(a.flowId, b.flowId))
      .map((fact) => ({ fact, searchedTo: this.#searchFrom(fact, calendar), foundAt: undefined }))
    const taken = new Set(this.#searches.map(({ foundAt }) => foundAt))
    for (const search of this.#searches) {
      if (search.foundAt !== undefined) continue
      search.foundAt = this.#find(search, calendar, taken)
      if (search.foundAt !== undefined) taken.add(search.foundAt)
    }
  }

  #find(search: Search, calendar: Calendar, taken: ReadonlySet<EpochMs | undefined>): EpochMs | undefined {
    const { observations, paidForFills } = this.#options
    const until = this.#searchUntil(search.fact, calendar)
    for (let index = Math.max(1, observations.indexAt(search.searchedTo) + 1); ; index += 1) {
      const [before, after] = [observations.at(index - 1), observations.at(index)]
      if (before === undefined || after === undefined || after.at > until) return undefined
      search.searchedTo = after.at
      if (taken.has(after.at)) continue
      const change = after.cash - before.cash + paidForFills(before.at, after.at)
      if (agrees(change, search.fact.amount)) return after.at
    }
  }

  #searchFrom(fact: CashFlowFact, calendar: Calendar): EpochMs {
    // A record of a day carries no time: it is written as midnight UTC, which is the evening before in New York.
    const isDate = fact.at % DAY_MS === 0
    try {
      return calendar.startOfDay(isDate ? fact.at + DAY_MS / 2 : fact.at)
    } catch (error) {
      if (error instanceof CalendarOutOfRange) return fact.at
      throw error
    }
  }

  #searchUntil(fact: CashFlowFact, calendar: Calendar): EpochMs {
    const from = this.#searchFrom(fact, calendar)
    try {
      let session = calendar.nextSession(from - 1)
      for (let count = 1; count < SETTLEMENT_SESSIONS; count += 1)
        session = session === undefined ? undefined : calendar.nextSession(session.opensAt)
      return session === undefined
        ? from + SETTLEMENT_SESSIONS * DAY_MS
        : session.closesAt + this.#options.sessionRollMs
    } catch (error) {
      if (error instanceof CalendarOutOfRange) return calendar.validUntil
      throw error
    }
  }

  /** End of the interval that contains an instant. */
  #intervalOf(at: EpochMs): EpochMs | undefined {
    const { observations } = this.#options
    const index = observations.indexAt(at - 1)
    return index < 0 ? undefined : observations.at(index + 1)?.at
  }
}

/** A fee taken in coin moves no cash: the positions show it. */
export function isCashFee({ kind, qty }: CashFlowFact): boolean {
  return kind === 'fee' && (qty ?? 0n) === 0n
}

function isSame(a: CashFlowFact, b: CashFlowFact): boolean {
  return a.at === b.at && a.amount === b.amount && a.kind === b.kind && a.symbol === b.symbol && a.qty === b.qty
}

function isJump(before: Observation, after: Observation): boolean {
  return before.quantities === after.quantities && isLarge(after.cash - before.cash, before.equity)
}

/** At least one part in a hundred of an equity. */
function isLarge(change: MoneyE17, equity: MoneyE17): boolean {
  return change !== 0n && absolute(change) * TOLERANCE_DIVISOR >= absolute(equity)
}

function isCapital({ kind }: CashFlowFact): boolean {
  return kind === 'deposit' || kind === 'withdrawal'
}

/** Within one part in a hundred of an amount. */
function agrees(change: MoneyE17, amount: MoneyE17): boolean {
  return amount !== 0n && absolute(change - amount) * TOLERANCE_DIVISOR <= absolute(amount)
}
