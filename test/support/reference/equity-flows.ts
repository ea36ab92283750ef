import type { Calendar, Session } from '../../../src/domain/calendar.js'
import type { CashFlowFact, PositionSnapshotFact } from '../../../src/domain/facts.js'
import { DAY_MS, type EpochMs, HOUR_MS, toIso } from '../../../src/domain/time.js'
import type { ReferenceAccount } from './equity-account.js'
import { isWithin, magnitude, sum } from './exact.js'
import type { Knowledge } from './knowledge.js'

/** From one observation to the next, and the money that came in between them other than by trading. */
export interface Interval {
  readonly from: PositionSnapshotFact
  readonly to: PositionSnapshotFact
  readonly flow: bigint
}

/** METRICS section 2, "Flows", and fine print 6. */
export function intervalsOf({ known, label, calendar, observations }: ReferenceAccount): Interval[] {
  const recorded = known.cashFlows
    .filter(({ account }) => account === label)
    .sort((a, b) => a.at - b.at || (a.flowId < b.flowId ? -1 : 1))
  const intervals = observations.slice(1).map((to, index) => {
    const from = observations[index] ?? to
    const cash = to.cash - from.cash
    return { from, to, cash, besidesTrades: cash + tradedIn(known, label, from.at, to.at), isMatched: false }
  })
  const assigned = intervals.map((): CashFlowFact[] => [])
  for (const flow of recorded) {
    const span = datesOf(flow, calendar, known)
    let index = intervals.findIndex(
      ({ to, besidesTrades, isMatched }) =>
        !isMatched &&
        to.at > span.after &&
        to.at <= span.until &&
        isWithin(besidesTrades, flow.amount, 1n, flow.amount),
    )
    const matched = intervals[index]
    if (matched !== undefined) matched.isMatched = true
    else index = intervals.findIndex(({ from, to }) => from.at < flow.at && flow.at <= to.at)
    assigned[index]?.push(flow)
  }
  return intervals.map(({ from, to, cash, besidesTrades, isMatched }, index) => {
    const flows = assigned[index] ?? []
    const told = sum(flows.map(({ amount }) => amount))
    const isExplained = isMatched || (flows.length > 0 && isWithin(besidesTrades, told, 1n, told))
    const isLarge = [cash, besidesTrades].every(
      (change) => change !== 0n && magnitude(change) * 100n >= magnitude(from.equity),
    )
    const inferred = isLarge && !isExplained && haveSameQuantities(from, to) ? cash - told : 0n
    const external = flows.filter(({ kind }) => kind === 'deposit' || kind === 'withdrawal')
    return { from, to, flow: inferred + sum(external.map(({ amount }) => amount)) }
  })
}

/** Σ side·notional of all fills of the account: what the cash would be higher by without them. */
function tradedIn(known: Knowledge, label: string, start: EpochMs, end: EpochMs): bigint {
  return sum(
    known.allFills
      .filter(({ order, at }) => order.account === label && at > start && at <= end)
      .map((fill) => (fill.order.side === 'buy' ? known.worthOf(fill) : -known.worthOf(fill))),
  )
}

function haveSameQuantities(a: PositionSnapshotFact, b: PositionSnapshotFact): boolean {
  const held = ({ positions }: PositionSnapshotFact) =>
    positions
      .filter(({ qty }) => qty !== 0n)
      .map(({ symbol, qty }) => `${symbol} ${qty}`)
      .sort()
      .join()
  return held(a) === held(b)
}

interface Span {
  readonly after: EpochMs
  readonly until: EpochMs
}
const NEVER: Span = { after: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY }
/** No observation is older than 21 sessions, so a flow that is older than these has none. */
const SESSIONS_BACK = 30

/** From midnight of a flow's date to the roll of the third session from it on, none of them after T. */
function datesOf({ at }: CashFlowFact, calendar: Calendar, { at: now, options }: Knowledge): Span {
  if (calendar.name === '24x7') {
    const midnight = Math.floor(at / DAY_MS) * DAY_MS
    return { after: midnight, until: midnight + 3 * DAY_MS }
  }
  const date = at % DAY_MS === 0 ? toIso(at).slice(0, 10) : dateInNewYork(at)
  const sessions: Session[] = []
  for (let back = 0; ; back += 1) {
    if (back > SESSIONS_BACK) return NEVER
    const session = calendar.sessionBefore(now, back)
    if (session.date < date) break
    sessions.unshift(session)
  }
  const third = sessions[2]
  return {
    after: midnightInNewYork(date),
    until: third === undefined ? Number.POSITIVE_INFINITY : third.closesAt + options.sessionRollMs,
  }
}

function midnightInNewYork(date: string): EpochMs {
  const candidates = [4, 5].map((hours) => Date.parse(date) + hours * HOUR_MS)
  const found = candidates.find((at) => dateInNewYork(at) === date && dateInNewYork(at - 1) !== date)
  if (found === undefined) throw new Error(`no midnight of ${date}`)
  return found
}

function dateInNewYork(at: EpochMs): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', dateStyle: 'short' }).format(at)
}
