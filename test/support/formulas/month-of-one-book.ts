import type { Fact } from '../../../src/domain/facts.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { CALENDARS } from '../engine.js'
import { bar, decision, fact, filled, instant, order, signal, snapshot, strategy } from '../facts.js'

/**
 * A book that is alone in its account for a month of sessions, made so that every window has fills, wins and losses,
 * ended orders of all kinds, quotes, and returns enough. Plain arithmetic on whole numbers: the same everywhere.
 */

/** A Wednesday, two hours after the open; half a minute after a minute's end, so that its bars are due. */
export const MONTH_AT = instant('2026-07-15T11:30:30-04:00')

/** A number that looks like chance, in [0, below). */
const drawn = (index: number, below: number) => (index * 7_919 + 104_729) % below

interface Trip {
  readonly opensAt: EpochMs
  readonly closesAt: EpochMs
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly qty: number
  readonly from: number
  readonly to: number
}

/** How long before T the trips of the last hour end, in seconds; the others are a few a session. */
const ENDS_BEFORE_S = [10, 25, 40, 55, 100, 150, 220, 280, 400, 600, 750, 880, 1_200, 2_000, 2_700, 3_500]

const TRIPS: readonly Trip[] = [...daysBack(20), 0].flatMap((back) => {
  const { opensAt } = CALENDARS.XNYS.sessionBefore(MONTH_AT, back)
  const closes =
    back === 0
      ? ENDS_BEFORE_S.map((seconds) => MONTH_AT - seconds * SECOND_MS)
      : [40, 95, 170].map((minutes) => opensAt + minutes * MINUTE_MS)
  return closes.map((closesAt, index): Trip => {
    const number = back * 20 + index
    const from = 100 + drawn(number, 9)
    return {
      opensAt: closesAt - (6 + drawn(number, 5)) * SECOND_MS,
      closesAt,
      symbol: number % 2 === 0 ? 'AAA' : 'BBB',
      side: number % 4 === 0 ? 'sell' : 'buy',
      qty: 1 + drawn(number, 7),
      from,
      to: from + drawn(number, 7) - 3,
    }
  })
})

/** Held from the second day on: what exposure, unrealised results and concentration are made of. */
const HELD: readonly Trip[] = ['CCC', 'DDD', 'EEE', 'FFF', 'GGG', 'HHH', 'III'].map((symbol, index) => ({
  opensAt: CALENDARS.XNYS.sessionBefore(MONTH_AT, 19).opensAt + (index + 1) * MINUTE_MS,
  closesAt: Number.POSITIVE_INFINITY,
  symbol,
  side: index === 2 ? 'sell' : 'buy',
  qty: 40 + index * 10,
  from: 100 + index,
  to: 0,
}))

const ORDERS = [...TRIPS, ...HELD].flatMap(({ opensAt, closesAt, side, qty, symbol, from, to }, index) => {
  const closing = { at: closesAt, side: side === 'buy' ? 'sell' : 'buy', price: to } as const
  const fills = [{ at: opensAt, side, price: from }, ...(Number.isFinite(closesAt) ? [closing] : [])]
  return fills.map((fill, part) => ({ ...fill, qty, symbol, number: index * 2 + part }))
})

/** The decision, the quotes before the submit, the order and what it cost. */
function factsOf({ at, side, price, qty, symbol, number }: (typeof ORDERS)[number]): Fact[] {
  const submittedAt = at - (1 + drawn(number, 3)) * SECOND_MS
  const decidedAt = submittedAt - (200 + drawn(number, 900))
  const adapter = number % 4 === 3 ? 'lean' : 'alpaca'
  const id = `order-${String(number).padStart(4, '0')}`
  return [
    decision({ decision_id: id, at: decidedAt, symbol, action: side, price: price - 0.02 }),
    signal(symbol, submittedAt - 3 * SECOND_MS, { bid: price - 0.04, ask: price + 0.03 }),
    filled({
      ...{ at, side, qty, price, symbol, execution_id: id, decision_id: id },
      ...{ submitted_at: submittedAt, costs: `0.${1 + drawn(number, 8)}`, adapter, expected_adapter: 'alpaca' },
    }),
  ]
}

/** Orders that did not simply fill, at several distances from T. */
const OTHERS = [45, 200, 800, 3_000, 7_000].flatMap((seconds, index): Fact[] => {
  const endedAt = MONTH_AT - seconds * SECOND_MS
  const raw = (id: string) => ({
    ...{
      execution_id: `${id}-${index}`,
      decision_id: `${id}-${index}`,
      symbol: 'CCC',
      submitted_at: endedAt - 5 * SECOND_MS,
    },
    ...{ ended_at: endedAt, adapter: 'alpaca', expected_adapter: 'alpaca', limit_price: 101 },
  })
  const decided = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
    decision({ decision_id: `${id}-${index}`, symbol: 'CCC', at: endedAt - 6 * SECOND_MS, price: 101, ...more })
  const part = { submitted_qty: 10, filled_qty: 4, avg_fill_price: 100.5, filled_at: endedAt - SECOND_MS }
  return [
    decided('partly'),
    order({ ...raw('partly'), ...part, status: 'canceled', side: index % 2 === 0 ? 'buy' : 'sell' }),
    decided('expired'),
    order({ ...raw('expired'), submitted_qty: 7 + index, status: 'expired' }),
    decided('refused'),
    order({ ...raw('refused'), submitted_qty: 3, status: 'rejected' }),
    decided('vetoed', { status: 'blocked', veto_reasons: ['exposure'] }),
    decided('failed', { status: 'rejected', broker_reject_reasons: ['alpaca_order_rejected'] }),
  ]
})

/** The ends of the cells of every window, and in the sessions before what they need. */
const OBSERVED_AT: readonly EpochMs[] = [...new Set([...recent(), ...earlier()])].sort((a, b) => a - b)

function recent(): EpochMs[] {
  const grids = [
    [MINUTE_MS, 2 * SECOND_MS],
    [5 * MINUTE_MS, 10 * SECOND_MS],
    [15 * MINUTE_MS, 30 * SECOND_MS],
    [HOUR_MS, MINUTE_MS],
    [2 * HOUR_MS, 5 * MINUTE_MS],
  ] as const
  return grids.flatMap(([spanMs, cellMs]) =>
    Array.from({ length: spanMs / cellMs }, (_, index) => MONTH_AT - spanMs + index * cellMs),
  )
}

function earlier(): EpochMs[] {
  return daysBack(20).flatMap((back) => {
    const { opensAt, closesAt } = CALENDARS.XNYS.sessionBefore(MONTH_AT, back)
    const cellMs = back <= 5 ? 30 * MINUTE_MS : HOUR_MS
    const count = Math.floor((closesAt - opensAt) / cellMs)
    return Array.from({ length: count }, (_, index) => opensAt + (index + 1) * cellMs)
  })
}

const DEPOSIT = { at: MONTH_AT - 2 * DAY_MS, amount: 5_000 }

/** Its equity goes up and down, and up by what was paid in; its positions are those of the fills. */
function snapshotAt(at: EpochMs, index: number): Fact {
  const equity = 100_000 + (drawn(index, 23) - 11) * 40 + index * 3 + (at > DEPOSIT.at ? DEPOSIT.amount : 0)
  const quantities = new Map<string, number>()
  const traded = [
    ...ORDERS,
    ...OTHERS.flatMap((one) =>
      one.fact === 'execution' && one.filledAt !== undefined
        ? { at: one.filledAt, symbol: one.symbol, side: one.side, qty: 4 }
        : [],
    ),
  ]
  for (const { symbol, side, qty, at: filledAt } of traded)
    if (filledAt <= at) quantities.set(symbol, (quantities.get(symbol) ?? 0) + (side === 'buy' ? qty : -qty))
  const positions = [...quantities]
    .filter(([, qty]) => qty !== 0)
    .map(([symbol, qty]) => ({ symbol, qty, avg_entry_price: 100, mark: 100 + drawn(index, 5) }))
  return snapshot(at, positions, { equity })
}

const SYMBOLS = ['AAA', 'BBB', 'DDD', 'IDX'] as const

/** Where there is a snapshot there is a bar; some minutes lack one. */
const BARS = OBSERVED_AT.flatMap((at, index) =>
  SYMBOLS.filter((symbol) => symbol === 'IDX' || drawn(index, 4) > 0).map((symbol, which) =>
    bar(symbol, at, 100 + which + drawn(index + which, 6) / 4),
  ),
)

/** Seen by the technical analysis, some minutes without it. */
const SIGNALS = Array.from({ length: 120 }, (_, index) => index)
  .filter((index) => drawn(index, 5) > 0)
  .map((index) => signal('AAA', MONTH_AT - (index + 1) * MINUTE_MS + 20 * SECOND_MS))

export const MONTH_OF_ONE_BOOK: readonly Fact[] = [
  strategy({ accounts: ['PA1'], universe: ['AAA', 'BBB', 'CCC'], benchmark: 'IDX' }),
  decision({
    ...{ decision_id: 'reviewed', at: MONTH_AT - 90 * SECOND_MS, reviewed_at: MONTH_AT - 80 * SECOND_MS },
    ...{ context_freshness_seconds: 33 },
  }),
  ...ORDERS.flatMap(factsOf),
  ...OTHERS,
  fact('cash_flow', { account: 'PA1', flow_id: 'paid in', kind: 'deposit', ...DEPOSIT }),
  ...OBSERVED_AT.map(snapshotAt),
  ...BARS,
  ...SIGNALS,
]

function daysBack(count: number): number[] {
  return Array.from({ length: count }, (_, index) => count - index)
}
