import { type EpochMs, toIso } from '../../domain/time.js'
import type { Activity } from '../trading/desk.js'
import type { Intent } from '../trading/order.js'
import { decisionRow } from './decision-row.js'
import { executionRow } from './execution-row.js'
import { type Identity, identityOf } from './identity.js'
import { type OrderEventRow, orderEventRows } from './order-event-rows.js'
import { viewDecision, viewOrder } from './order-view.js'
import type { PostgresTable } from './postgres-schema.js'
import { reviewRow } from './review-row.js'
import { snapshotRow } from './snapshot-row.js'
import type { Row } from './table.js'

/** Rows that are due, in the order in which tables want them, and how to say that they have arrived. */
export interface DueRows {
  readonly rows: readonly (readonly [PostgresTable, readonly Row[]])[]
  /** Call it once all of them are stored; without it they are due again, as they then are. */
  confirm(): void
}

/**
 * What the tables have yet to be told.
 *
 * Rows of decisions and orders are mutated in place, so they stay here until they show their end; between two writings
 * only the latest state counts.
 */
export interface PendingRows {
  add(activity: Activity): void
  /**
   * Decisions, executions, order events and reviews that changed up to `at` since they were last confirmed. `late` says
   * that a write before has failed: the rows of orders are then stamped as upstream's are, with the time of the write.
   */
  dueOrders(at: EpochMs, late?: boolean): DueRows
  /** The snapshots that were added since the last were confirmed; at most `limit` of them, oldest first. */
  dueSnapshots(limit: number): DueRows
  snapshotsWaiting(): number
}

interface Tracked {
  readonly intent: Intent
  readonly identity: Identity
  readonly events: readonly OrderEventRow[]
  status: string | undefined
  writtenAt: EpochMs | undefined
  eventsStored: number
  reviewStored: boolean
}

export function createPendingRows(seed: number): PendingRows {
  let tracked: Tracked[] = []
  let snapshots: Activity['snapshots'][number][] = []
  /** So many of them are stored: dropped together, since a list is copied each time. */
  let stored = 0

  return {
    add(activity) {
      for (const intent of activity.intents) tracked.push(track(intent, seed))
      // One by one: a history of a thousand accounts has more than a call may have arguments.
      for (const snapshot of activity.snapshots) snapshots.push(snapshot)
    },
    dueOrders(at, late = false) {
      const changes = tracked.map((entry) => changeOf(entry, at))
      return {
        rows: [
          ['trade_decisions', changes.flatMap(({ decision }) => decision)],
          ['executions', changes.flatMap(({ execution }) => (late ? execution.map(writtenAt(at)) : execution))],
          ['execution_order_events', changes.flatMap(({ events }) => events)],
          ['llm_decision_reviews', changes.flatMap(({ review }) => review)],
        ],
        confirm() {
          const finished = new Set<Tracked>()
          for (const { entry, after, final } of changes) {
            Object.assign(entry, after)
            if (final) finished.add(entry)
          }
          tracked = tracked.filter((entry) => !finished.has(entry))
        },
      }
    },
    snapshotsWaiting: () => snapshots.length - stored,
    dueSnapshots(limit) {
      const due = snapshots.slice(stored, stored + limit)
      return {
        rows: [['position_snapshots', due.map((snapshot) => snapshotRow(snapshot, seed))]],
        confirm() {
          stored += due.length
          if (2 * stored < snapshots.length) return
          snapshots = snapshots.slice(stored)
          stored = 0
        },
      }
    },
  }
}

function track(intent: Intent, seed: number): Tracked {
  const identity = identityOf(intent.decision, seed)
  const events = intent.order ? orderEventRows(intent, intent.order, identity) : []
  return { intent, identity, events, status: undefined, writtenAt: undefined, eventsStored: 0, reviewStored: false }
}

interface Change {
  readonly entry: Tracked
  readonly decision: readonly Row[]
  readonly execution: readonly Row[]
  readonly events: readonly Row[]
  readonly review: readonly Row[]
  readonly after: Partial<Tracked>
  readonly final: boolean
}

function changeOf(entry: Tracked, at: EpochMs): Change {
  const { intent, identity } = entry
  const { order, decision } = intent
  const decisionView = viewDecision(intent, at)
  const orderView = order && viewOrder(order, decision.account.orderFeed, at)
  const stored = entry.events.filter(({ storedAt }) => storedAt <= at).length
  const reviewed = decision.review !== undefined && decision.review.at <= at
  const reviewIsDue = reviewed && !entry.reviewStored
  const executionIsDue = order && orderView && orderView.writtenAt !== entry.writtenAt
  return {
    entry,
    decision: decisionView?.status === entry.status ? [] : present(decisionRow(intent, identity, at)),
    execution: executionIsDue ? [executionRow(intent, order, identity, orderView)] : [],
    events: entry.events.slice(entry.eventsStored, stored).map(({ row }) => row),
    review: reviewIsDue && decision.review ? [reviewRow(decision, decision.review, identity)] : [],
    after: {
      status: decisionView?.status,
      writtenAt: orderView?.writtenAt,
      eventsStored: stored,
      reviewStored: reviewed,
    },
    final:
      (decisionView?.final ?? false) && stored === entry.events.length && reviewed === (decision.review !== undefined),
  }
}

function writtenAt(at: EpochMs): (row: Row) => Row {
  return (row) => ({ ...row, updated_at: toIso(at) })
}

function present(row: Row | undefined): Row[] {
  return row === undefined ? [] : [row]
}
