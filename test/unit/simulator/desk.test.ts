import { createCalendars } from '../../../src/domain/calendars.js'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { createIncidentLog } from '../../../src/simulator/incidents/incident-log.js'
import { createDensity } from '../../../src/simulator/market/density.js'
import { createMarket } from '../../../src/simulator/market/market.js'
import { type Activity, createDesk, type Desk } from '../../../src/simulator/trading/desk.js'
import type { Order } from '../../../src/simulator/trading/order.js'

const calendars = createCalendars()
const START = Date.parse('2026-11-20T18:00:00Z')
const FIRST = calendars.XNYS.sessionBefore(START, 4).opensAt

function deskOf(seed: number): Desk {
  const market = createMarket(calendars, seed, FIRST)
  const densities = { XNYS: createDensity(calendars.XNYS, START), '24x7': createDensity(calendars['24x7'], START) }
  return createDesk({ market, calendars, densities, seed, firstAt: FIRST, incidents: createIncidentLog() })
}

function inSteps(desk: Desk, stepMs: number, to: number): Activity {
  const parts: Activity[] = []
  for (let at = FIRST; at < to; ) {
    at = Math.min(to, at + stepMs)
    parts.push(desk.advanceTo(at))
  }
  return { intents: parts.flatMap(({ intents }) => intents), snapshots: parts.flatMap(({ snapshots }) => snapshots) }
}

const activity = deskOf(1).advanceTo(START + HOUR_MS)
const orders = activity.intents.flatMap(({ decision, order }) => (order ? [{ decision, order }] : []))

test('does the same for the same seed and something else for another', () => {
  expect(deskOf(1).advanceTo(START + HOUR_MS)).toEqual(activity)
  const other = deskOf(2).advanceTo(START + HOUR_MS)
  expect(other.intents.map(({ decision }) => decision.at)).not.toEqual(
    activity.intents.map(({ decision }) => decision.at),
  )
})

test('does the same in steps of any length', () => {
  expect(inSteps(deskOf(1), 37 * MINUTE_MS, START + HOUR_MS)).toEqual(activity)
})

test('takes an earlier instant for no step', () => {
  const desk = deskOf(1)
  desk.advanceTo(START)
  expect(desk.advanceTo(START - HOUR_MS)).toEqual({ intents: [], snapshots: [] })
})

test('decides at least two seconds after the signal it follows, in open markets only', () => {
  for (const { decision } of activity.intents) {
    expect(decision.at - decision.signalAt).toBeGreaterThanOrEqual(2 * SECOND_MS)
    expect(decision.at - decision.signalAt).toBeLessThan(5 * SECOND_MS)
    expect(calendars[decision.account.calendar].isOpen(decision.at)).toBe(true)
  }
})

test('fills orders in one to four parts that only grow, each at or better than the limit', () => {
  expect(new Set(orders.map(({ order }) => order.fills.length))).toEqual(new Set([0, 1, 2, 3, 4]))
  for (const { decision, order } of orders) {
    let before = { at: order.submittedAt, filledE9: 0n, costsE17: 0n }
    for (const fill of order.fills) {
      expect(fill.at).toBeGreaterThan(before.at)
      expect(fill.filledE9 > before.filledE9).toBe(true)
      expect(fill.costsE17 >= before.costsE17).toBe(true)
      if (order.limitPriceE8 !== undefined && decision.side === 'buy')
        expect(fill.averageE8 <= order.limitPriceE8).toBe(true)
      if (order.limitPriceE8 !== undefined && decision.side === 'sell')
        expect(fill.averageE8 >= order.limitPriceE8).toBe(true)
      before = fill
    }
    expect(before.filledE9 <= order.qtyE9).toBe(true)
    expect(order.end.at).toBeGreaterThanOrEqual(before.at)
  }
})

test('ends orders as their status says', () => {
  const filled = (order: Order) => order.fills.at(-1)?.filledE9 ?? 0n
  for (const { decision, order } of orders) {
    const { status, at } = order.end
    if (status === 'filled') expect([filled(order), at]).toEqual([order.qtyE9, order.fills.at(-1)?.at])
    else expect(filled(order) < order.qtyE9).toBe(true)
    if (status === 'rejected') expect(order.fills).toEqual([])
    if (status === 'expired') {
      const { closesAt } = calendars.XNYS.latestSession(decision.at)
      expect(at).toBeGreaterThan(closesAt)
      expect(at).toBeLessThan(closesAt + SECOND_MS)
    }
  }
  const unfinished = orders.filter(({ order }) => order.end.status !== 'filled' && order.fills.length > 0)
  expect(new Set(unfinished.map(({ order }) => order.end.status))).toEqual(new Set(['canceled', 'expired']))
})

test('never trades a share of the shares of an exchange that is closed', () => {
  for (const { decision, order } of orders.filter((entry) => entry.decision.account.calendar === 'XNYS')) {
    for (const fill of order.fills) expect(calendars.XNYS.isOpen(fill.at)).toBe(true)
    expect(decision.qtyE9 % 1_000_000_000n).toBe(0n)
  }
})

test('goes long and short, flips, reduces and closes', () => {
  const moves = new Set<string>()
  const held = new Map<string, bigint>()
  const fills = orders.flatMap(({ decision, order }) =>
    order.fills.at(-1) ? [{ decision, order, at: order.end.at }] : [],
  )
  for (const { decision, order } of fills.sort((a, b) => a.at - b.at)) {
    const key = `${decision.strategy.name} ${decision.instrument.symbol}`
    const before = held.get(key) ?? 0n
    const after = before + (decision.side === 'buy' ? 1n : -1n) * (order.fills.at(-1)?.filledE9 ?? 0n)
    held.set(key, after)
    if (before === 0n) moves.add(after > 0n ? 'opens long' : 'opens short')
    else if (after === 0n) moves.add('closes')
    else if (before > 0n !== after > 0n) moves.add('flips')
    else moves.add((before > 0n ? after < before : after > before) ? 'reduces' : 'adds')
    if (decision.strategy.direction === 'long') expect(after >= 0n).toBe(true)
  }
  expect([...moves].sort()).toEqual(['adds', 'closes', 'flips', 'opens long', 'opens short', 'reduces'])
})

test('ends the sessions of a strategy that says so flat', () => {
  const late = activity.snapshots.filter(({ account, at }) => {
    const { closesAt } = calendars.XNYS.latestSession(at)
    return account.label === 'alpha-live' && at > closesAt
  })
  expect(late.length).toBeGreaterThan(0)
  for (const { positions } of late) expect(positions).toEqual([])
})

test('decides some tens of times a session, and about every minute and a half in the crypto book when live', () => {
  const counts = new Map<string, number>()
  for (const { decision } of activity.intents) {
    if (decision.at > FIRST + 6.5 * HOUR_MS) continue
    counts.set(decision.strategy.name, (counts.get(decision.strategy.name) ?? 0) + 1)
  }
  expect([...counts.keys()].sort()).toEqual([
    ...['crypto-momentum', 'mean-reversion', 'opening-range-breakout', 'sector-rotation', 'trend-following'],
  ])
  for (const count of counts.values()) {
    expect(count).toBeGreaterThan(10)
    expect(count).toBeLessThan(100)
  }
  const live = activity.intents.filter(
    ({ decision }) => decision.strategy.name === 'crypto-momentum' && decision.at > START,
  )
  expect(live.length).toBeGreaterThan(25)
  expect(live.length).toBeLessThan(60)
})

describe('snapshots', () => {
  const labels = ['alpha-live', 'shared-paper', 'lean-paper', 'crypto-live']
  const gaps = (label: string, from: number, to: number) => {
    const times = activity.snapshots
      .filter(({ account, at }) => account.label === label && at > from && at <= to)
      .map(({ at }) => at)
    return times.slice(1).map((at, index) => at - (times[index] ?? at))
  }

  test.each(labels)('of %s come at most one in fifteen seconds when live, and irregularly', (label) => {
    const live = gaps(label, START, START + HOUR_MS)
    expect(live.length).toBeGreaterThan(100)
    expect(Math.min(...live)).toBeGreaterThanOrEqual(15 * SECOND_MS)
    expect(Math.max(...live)).toBeLessThanOrEqual(60 * SECOND_MS)
    expect(new Set(live).size).toBeGreaterThan(20)
  })

  test.each(labels)('of %s come every few minutes in the back-history', (label) => {
    const session = gaps(label, FIRST, FIRST + 6.4 * HOUR_MS)
    expect(Math.min(...session)).toBeGreaterThan(40 * SECOND_MS)
    expect(Math.max(...session)).toBeLessThanOrEqual(11 * MINUTE_MS)
  })

  test('of exchange accounts come in sessions, and on some days until an hour after the close', () => {
    let afterHours = 0
    for (const { account, at } of activity.snapshots) {
      if (account.calendar !== 'XNYS') continue
      const { closesAt } = calendars.XNYS.latestSession(at)
      expect(at).toBeLessThanOrEqual(closesAt + HOUR_MS)
      if (at > closesAt + 2 * SECOND_MS) afterHours += 1
    }
    expect(afterHours).toBeGreaterThan(0)
  })

  test('begin before the first order of their account, flat and with the initial cash', () => {
    for (const label of labels) {
      const first = activity.snapshots.find(({ account }) => account.label === label)
      const order = orders.find(({ decision }) => decision.account.label === label)
      expect(first?.at ?? Infinity).toBeLessThan(order?.order.submittedAt ?? 0)
      expect(first).toMatchObject({ positions: [], cashE17: BigInt(first?.account.initialCashUsd ?? 0) * 10n ** 17n })
    }
  })

  test('reconcile exactly with the fills and costs before them', () => {
    for (const { account, at, cashE17, positions } of activity.snapshots) {
      let cash = BigInt(account.initialCashUsd) * 10n ** 17n
      const held = new Map<string, bigint>()
      for (const { decision, order } of orders) {
        const fill = decision.account === account ? order.fills.findLast((candidate) => candidate.at <= at) : undefined
        if (!fill) continue
        const sign = decision.side === 'buy' ? 1n : -1n
        cash -= sign * fill.filledE9 * fill.averageE8 + fill.costsE17
        const { symbol } = decision.instrument
        held.set(symbol, (held.get(symbol) ?? 0n) + sign * fill.filledE9)
      }
      expect(cashE17).toBe(cash)
      const shown = new Map(positions.map(({ instrument, qtyE9 }) => [instrument.symbol, qtyE9]))
      expect(shown).toEqual(new Map([...held].filter(([, qtyE9]) => qtyE9 !== 0n)))
    }
  })
})
