// Histories of books, twenty sessions long: orders, snapshots and bars.
import { CALENDARS } from './engine.mjs'

export const T = Date.parse('2026-11-20T19:30:00Z')
export const SESSIONS = 20
const SYMBOLS_A_BOOK = 10
const MINUTE_MS = 60_000

/** Ten symbols that the books of a group share: what moves them makes those books dirty and no others. */
export function symbolsOf(group) {
  return Array.from({ length: SYMBOLS_A_BOOK }, (_, index) => `G${group}S${index}`)
}

/** Orders spread over the last sessions, two sells to a buy: every symbol stays open, most of the time short. */
export function ordersOf({ book, account, group, ordersASession }) {
  const symbols = symbolsOf(group)
  return Array.from({ length: SESSIONS }, (_, index) => SESSIONS - 1 - index).flatMap((session) => {
    const { opensAt } = CALENDARS.XNYS.sessionBefore(T, session)
    return Array.from({ length: ordersASession }, (_, order) =>
      filledOrder({
        ...{ book, account, at: opensAt + (order * 14_400_000) / ordersASession, id: `${session}-${order}` },
        ...{ symbol: symbols[order % SYMBOLS_A_BOOK], isBuy: (order + session) % 3 === 0, lots: order },
      }),
    )
  })
}

export function filledOrder({ book, account, symbol, at, id, isBuy, lots }) {
  const qty = quantity(10 + (lots % 3))
  return {
    ...{
      fact: 'execution',
      executionId: `${book}-${id}`,
      strategyId: `strategy-${book}`,
      account: `account-${account}`,
    },
    ...{ symbol, side: isBuy ? 'buy' : 'sell', submittedQty: qty, filledQty: qty, status: 'filled', at },
    ...{ avgFillPrice: 10_000_000_000n + BigInt(lots % 7) * 10_000_000n, submittedAt: at, filledAt: at, endedAt: at },
  }
}

/** Ten positions, each hour of twenty sessions and every 15 seconds of the last ten minutes. */
export function snapshotsOf(account, group) {
  const ats = []
  for (let session = SESSIONS; session >= 0; session -= 1) {
    const { opensAt } = CALENDARS.XNYS.sessionBefore(T, session)
    for (let hour = 0; hour < 7; hour += 1) ats.push(opensAt + 15_000 + hour * 3_600_000)
  }
  for (let back = 40; back >= 0; back -= 1) ats.push(T - back * 15_000)
  return ats.filter((at) => at <= T).map((at) => snapshot(account, group, at))
}

export function snapshot(account, group, at) {
  const steps = Math.floor(at / 15_000) % 11
  return {
    ...{ fact: 'position_snapshot', account: `account-${account}`, at },
    ...{ equity: money(1_000_000 + steps * 1_000), cash: money(1_200_000 + steps * 1_000) },
    positions: symbolsOf(group).map((symbol) => ({ symbol, qty: -quantity(200), mark: 10_000_000_000n })),
  }
}

/** A bar a minute of each session. */
export function minuteBars(symbol, number) {
  const ats = []
  const closesE8 = []
  for (let session = SESSIONS; session >= 0; session -= 1) {
    const { opensAt, closesAt } = CALENDARS.XNYS.sessionBefore(T, session)
    for (let at = opensAt + MINUTE_MS; at <= Math.min(closesAt, T); at += MINUTE_MS) {
      ats.push(at)
      closesE8.push(BigInt(10_000_000_000 + (((at / MINUTE_MS) * (number + 7)) % 1000) * 10_000))
    }
  }
  return { symbol, ats, closesE8 }
}

function quantity(units) {
  return BigInt(units) * 10n ** 9n
}

function money(dollars) {
  return BigInt(dollars) * 10n ** 17n
}
