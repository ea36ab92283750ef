import { type EpochMs, SECOND_MS } from '../../domain/time.js'
import type { Fill, Intent, Order } from '../trading/order.js'

/** Open orders are compared with the broker this often, and their rows written again whether anything changed or not. */
const RECONCILE_MS = 15 * SECOND_MS

/** How long after the broker took an order its row is there. */
export const ROW_DELAY_MS = 40

/** What the row of an order shows at some instant. */
export interface OrderView {
  readonly status: string
  readonly fill: Fill | undefined
  /** True once the row shows the order's end. */
  readonly final: boolean
  /** The broker's time of the latest event that the row shows. */
  readonly brokerAt: EpochMs
  /** When the row was last written. */
  readonly writtenAt: EpochMs
}

/**
 * The row of an order as of an instant; undefined before it exists.
 *
 * An event shows when the order feed has told it (accounts with one) or at the next reconciliation, whichever is first.
 */
export function viewOrder(order: Order, orderFeed: boolean, at: EpochMs): OrderView | undefined {
  const createdAt = order.submittedAt + ROW_DELAY_MS
  if (at < createdAt) return undefined
  const shownAt = (eventAt: EpochMs) => {
    const reconciledAt = Math.max(createdAt, Math.ceil(eventAt / RECONCILE_MS) * RECONCILE_MS)
    return orderFeed ? Math.max(createdAt, Math.min(eventAt + order.feedDelayMs, reconciledAt)) : reconciledAt
  }
  const endShownAt = shownAt(order.end.at)
  const fill = order.fills.findLast((candidate) => shownAt(candidate.at) <= at)
  if (at >= endShownAt) {
    return {
      status: order.end.status,
      fill: order.fills.at(-1),
      final: true,
      brokerAt: order.end.at,
      writtenAt: endShownAt,
    }
  }
  const reconciledAt = Math.floor(at / RECONCILE_MS) * RECONCILE_MS
  const writtenAt = Math.max(createdAt, reconciledAt, fill ? shownAt(fill.at) : 0)
  const status = fill ? 'partially_filled' : writtenAt > createdAt ? 'new' : 'accepted'
  return { status, fill, final: false, brokerAt: fill?.at ?? order.submittedAt, writtenAt }
}

/** Status of a decision's row as of an instant, and whether it will ever change again; undefined before it exists. */
export function viewDecision(
  { decision, order, refusal }: Intent,
  at: EpochMs,
): { status: string; submitted: boolean; final: boolean } | undefined {
  if (at < decision.at) return undefined
  if (refusal && at >= refusal.at) return { status: refusal.status, submitted: false, final: true }
  if (!order) return { status: 'planned', submitted: false, final: refusal === undefined }
  const view = viewOrder(order, decision.account.orderFeed, at)
  if (!view) return { status: 'planned', submitted: false, final: false }
  return { status: view.final ? view.status : 'submitted', submitted: true, final: view.final }
}
