import { type BookKey, bookId } from '../../../src/domain/book.js'
import type { Calendar, CalendarName } from '../../../src/domain/calendar.js'
import type { DecisionFact, ExecutionFact, Fact, FillFact, PositionSnapshotFact } from '../../../src/domain/facts.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, sum } from './exact.js'

export interface ReferenceOptions {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly calendarOf: (strategyId: string) => CalendarName
  readonly sessionRollMs: number
  readonly markMaxAgeMs: number
}

export interface ReferenceFill {
  readonly order: ExecutionFact
  readonly id: string
  readonly at: EpochMs
  readonly quantity: bigint
  /** Before the multiplier. */
  readonly notional: bigint
  readonly costs: bigint
}

export interface Point {
  readonly at: EpochMs
  readonly price: bigint
}

interface Terms {
  readonly multiplier: bigint
  readonly lotSize: bigint
  readonly currency: string
}

export const QUANTITY_ONE = 10n ** 9n
const ORDINARY: Terms = { multiplier: QUANTITY_ONE, lotSize: 1n, currency: 'USD' }

/** The facts with an event at or before T, in lists; of several with one identity the last given. */
export class Knowledge {
  readonly books = new Map<string, BookKey>()
  readonly decisions: readonly DecisionFact[]
  readonly orders: readonly ExecutionFact[]
  /** Oldest first. */
  readonly snapshots: readonly PositionSnapshotFact[]
  /** In canonical order. */
  readonly fills: readonly ReferenceFill[]
  readonly bars = new Map<string, Point[]>()
  /** Of source `ta`: bid and ask, where the row has a quote. */
  readonly signals = new Map<string, { at: EpochMs; bid: bigint | undefined; ask: bigint | undefined }[]>()
  readonly universes = new Map<string, readonly string[]>()
  readonly #terms = new Map<string, Terms>()

  constructor(
    readonly at: EpochMs,
    facts: readonly Fact[],
    readonly options: ReferenceOptions,
  ) {
    const latest = [...new Map(facts.map((fact) => [identityOf(fact), fact])).values()]
    const of = <Kind extends Fact['fact']>(kind: Kind) =>
      latest.filter((fact): fact is Extract<Fact, { fact: Kind }> => fact.fact === kind)
    this.decisions = of('decision').filter((decision) => decision.at <= at)
    this.orders = of('execution').filter((order) => order.submittedAt <= at)
    this.snapshots = of('position_snapshot')
      .filter((snapshot) => snapshot.at <= at)
      .sort((a, b) => a.at - b.at)
    const evidence = of('fill').filter((fill) => fill.at <= at)
    this.fills = this.orders
      .filter((order) => order.strategyId !== undefined)
      .flatMap((order) =>
        fillsOf(
          order,
          evidence.filter((fill) => fill.executionId === order.executionId),
        ),
      )
      .sort(inOrder)
    for (const { symbol, multiplier, lotSize, currency } of of('instrument'))
      this.#terms.set(symbol, {
        multiplier: multiplier ?? ORDINARY.multiplier,
        lotSize: lotSize ?? ORDINARY.lotSize,
        currency: currency ?? ORDINARY.currency,
      })
    for (const { symbol, at: end, close } of of('bar').filter((bar) => bar.at <= at))
      this.bars.set(symbol, [...(this.bars.get(symbol) ?? []), { at: end, price: close }])
    for (const { symbol, at: time, bid, ask } of of('signal').filter((row) => row.at <= at && row.source === 'ta'))
      this.signals.set(symbol, [...(this.signals.get(symbol) ?? []), { at: time, bid, ask }])
    for (const { strategyId, universe = [] } of of('strategy')) this.universes.set(strategyId, universe)
    const described = of('strategy').flatMap(({ strategyId, accounts = [] }) =>
      accounts.map((account) => ({ strategyId, account })),
    )
    for (const { strategyId, account } of [...described, ...this.decisions, ...this.orders])
      if (strategyId !== undefined) this.books.set(bookId({ strategyId, account }), { strategyId, account })
  }

  termsOf(symbol: string): Terms {
    return this.#terms.get(symbol) ?? ORDINARY
  }

  calendarOf(strategyId: string | undefined): Calendar {
    return this.options.calendars[strategyId === undefined ? 'XNYS' : this.options.calendarOf(strategyId)]
  }

  /** What a fill was worth, the multiplier included. */
  worthOf({ notional, order }: ReferenceFill): bigint {
    return divide(notional * this.termsOf(order.symbol).multiplier, QUANTITY_ONE)
  }
}

const FINAL = ['filled', 'canceled', 'cancelled', 'expired', 'rejected', 'replaced']

/** Broker fills first; what they leave of the row is one more, after them at one time. */
function fillsOf(order: ExecutionFact, evidence: readonly FillFact[]): ReferenceFill[] {
  const told = sum(evidence.map((fill) => fill.qty))
  const rowWins = FINAL.includes(order.status) && order.filledQty < told
  const parts = (rowWins ? [] : evidence)
    .filter((fill) => fill.qty > 0n)
    .map(({ fillId, at, qty, price }) => ({ id: fillId, at, quantity: qty, notional: qty * price }))
  const rest = order.filledQty - sum(parts.map((part) => part.quantity))
  if (rest > 0n && order.avgFillPrice !== undefined) {
    const left = order.filledQty * order.avgFillPrice - sum(parts.map((part) => part.notional))
    parts.push({
      id: '\uffff',
      at: order.filledAt ?? order.submittedAt,
      quantity: rest,
      notional: left > 0n ? left : rest * order.avgFillPrice,
    })
  }
  parts.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const whole = sum(parts.map((part) => part.notional))
  const costOfFirst = (count: number) =>
    whole === 0n ? 0n : divide((order.costs ?? 0n) * sum(parts.slice(0, count).map((part) => part.notional)), whole)
  return parts.map((part, index) => ({ ...part, order, costs: costOfFirst(index + 1) - costOfFirst(index) }))
}

function inOrder(a: ReferenceFill, b: ReferenceFill): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.order.submittedAt !== b.order.submittedAt) return a.order.submittedAt - b.order.submittedAt
  if (a.order.executionId !== b.order.executionId) return a.order.executionId < b.order.executionId ? -1 : 1
  return a.id < b.id ? -1 : 1
}

/** What makes two facts revisions of one. */
export function identityOf(fact: Fact): string {
  switch (fact.fact) {
    case 'strategy':
      return `strategy ${fact.strategyId}`
    case 'instrument':
      return `instrument ${fact.symbol}`
    case 'decision':
      return `decision ${fact.decisionId}`
    case 'execution':
      return `execution ${fact.executionId}`
    case 'fill':
      return `fill ${fact.executionId} ${fact.fillId}`
    case 'position_snapshot':
      return `snapshot ${fact.account} ${fact.at}`
    case 'cash_flow':
      return `cash_flow ${fact.account} ${fact.flowId}`
    case 'bar':
      return `bar ${fact.symbol} ${fact.at}`
    case 'signal':
      return `signal ${fact.symbol} ${fact.source} ${fact.at}`
  }
}
