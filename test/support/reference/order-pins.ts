import type { EpochMs } from '../../../src/domain/time.js'
import type { Knowledge } from './knowledge.js'

const LONGEST_WINDOW_SESSIONS = 20
const QUOTE_LEAD_MS = 2_000
const OVER = ['filled', 'canceled', 'cancelled', 'expired', 'replaced', 'rejected']

/**
 * Instants at which orders of a symbol keep its prices exact: the quote before a submit, the mark that stands for a price
 * that nobody named, the mark at the end of what was not rejected or replaced. Of orders that a window can still see.
 */
export function orderPinsOf(known: Knowledge, symbol: string): EpochMs[] {
  return known.orders
    .filter((order) => order.symbol === symbol && order.strategyId !== undefined)
    .flatMap((order) => {
      const { strategyId = '', account, submittedAt, endedAt, status, limitPrice } = order
      const fills = known.allFills.filter((fill) => fill.order.executionId === order.executionId)
      const lastFill = Math.max(submittedAt, ...fills.map((fill) => fill.at))
      const end = OVER.includes(status) ? (endedAt ?? (status === 'filled' ? lastFill : undefined)) : undefined
      const oldest = known.calendarOf(strategyId).sessionBefore(known.readAt, LONGEST_WINDOW_SESSIONS).opensAt
      if (end !== undefined && Math.max(end, lastFill) <= oldest) return []
      const decision = known.decisions.find(
        ({ decisionId, ...book }) =>
          decisionId === order.decisionId && book.strategyId === strategyId && book.account === account,
      )
      const pins = [submittedAt - QUOTE_LEAD_MS]
      if (decision?.price === undefined && limitPrice === undefined) pins.push(submittedAt)
      const isPricedAtEnd = status !== 'rejected' && status !== 'replaced'
      return isPricedAtEnd && end !== undefined ? [...pins, end] : pins
    })
}
