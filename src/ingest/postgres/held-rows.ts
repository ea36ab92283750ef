import type { OrderVersions } from '../../domain/checkpoint.js'
import type { EpochMs } from '../../domain/time.js'
import { recordOf } from '../../lib/record-of.js'
import { TABLE_NAMES, type TableName } from './schema.js'

/** Rows of one account and millisecond are one snapshot. */
export interface SnapshotKey {
  readonly account: string
  readonly at: EpochMs
}

/** A row of a table that says something about the row that it was read with. */
export type LinkedRow = readonly [id: string, version: string]

const NONE: readonly string[] = []
const NO_LINKS: readonly LinkedRow[] = []

/**
 * What has been told, row by row: the version that was applied last, and what the row belonged to then, so that a change
 * or a loss of it can be told to whom it concerns.
 *
 * Measured with Node 20: 125 bytes an order, 115 a decision, 130 a review, 190 a snapshot, 430 an order event with its
 * links; 44 MB for 200,000 orders and 100,000 snapshots.
 */
export class HeldRows {
  readonly #versions = recordOf(TABLE_NAMES, () => new Map<string, string>())
  readonly #eventsOfOrder = new Map<string, readonly string[]>()
  readonly #ordersOfEvent = new Map<string, readonly string[]>()
  readonly #activitiesOfOrder = new Map<string, readonly LinkedRow[]>()
  readonly #decisionOfReview = new Map<string, string>()
  readonly #snapshotKeys = new Map<string, SnapshotKey>()
  /** One text an account, however many rows name it. */
  readonly #accounts = new Map<string, string>()

  versionOf(table: TableName, id: string): string | undefined {
    return this.#versions[table].get(id)
  }

  ids(table: TableName): IterableIterator<string> {
    return this.#versions[table].keys()
  }

  /** True when the row was held before, in whatever version. */
  hold(table: TableName, id: string, version: string): boolean {
    const versions = this.#versions[table]
    const { size } = versions
    return versions.set(id, version).size === size
  }

  forget(table: TableName, id: string): void {
    this.#versions[table].delete(id)
    if (table === 'executions') this.#activitiesOfOrder.delete(id)
    if (table === 'llm_decision_reviews') this.#decisionOfReview.delete(id)
    if (table === 'position_snapshots') this.#snapshotKeys.delete(id)
  }

  /** The events that an order was last read with. */
  eventsOf(orderId: string): readonly string[] {
    return this.#eventsOfOrder.get(orderId) ?? NONE
  }

  /** The orders that were read with an event: one, but for events that name none exactly. */
  ordersOf(eventId: string): readonly string[] {
    return this.#ordersOfEvent.get(eventId) ?? NONE
  }

  /** Notes the events of an order as read now; those that it had before and has no more, and those that it has newly. */
  linkEvents(
    orderId: string,
    events: readonly LinkedRow[],
  ): { readonly lost: readonly string[]; readonly gained: readonly string[] } {
    const before = this.eventsOf(orderId)
    if (before.length === 0 && events.length === 0) return { lost: NONE, gained: NONE }
    const now = events.map(([id]) => id)
    const lost = before.filter((id) => !now.includes(id))
    const gained = now.filter((id) => !before.includes(id))
    for (const id of lost)
      this.#setOrders(
        id,
        this.ordersOf(id).filter((other) => other !== orderId),
      )
    for (const id of gained) this.#setOrders(id, [...this.ordersOf(id), orderId])
    for (const [id, version] of events) this.hold('execution_order_events', id, version)
    if (now.length > 0) this.#eventsOfOrder.set(orderId, now)
    else this.#eventsOfOrder.delete(orderId)
    return { lost, gained }
  }

  /** The versions of an order, its events and its activities as it was read last; undefined where it was not. */
  versionsOf(orderId: string): OrderVersions | undefined {
    const version = this.versionOf('executions', orderId)
    if (version === undefined) return undefined
    const events = this.eventsOf(orderId).map((id) => [id, this.versionOf('execution_order_events', id) ?? ''] as const)
    return { row: [orderId, version], events, activities: this.#activitiesOfOrder.get(orderId) ?? NO_LINKS }
  }

  linkActivities(orderId: string, activities: readonly LinkedRow[]): void {
    if (activities.length > 0) this.#activitiesOfOrder.set(orderId, activities)
    else this.#activitiesOfOrder.delete(orderId)
  }

  decisionOf(reviewId: string): string | undefined {
    return this.#decisionOfReview.get(reviewId)
  }

  linkReviews(decisionId: string, reviews: readonly LinkedRow[]): void {
    for (const [id, version] of reviews) {
      this.hold('llm_decision_reviews', id, version)
      this.#decisionOfReview.set(id, decisionId)
    }
  }

  snapshotOf(id: string): SnapshotKey | undefined {
    return this.#snapshotKeys.get(id)
  }

  noteSnapshot(id: string, { account, at }: SnapshotKey): void {
    const known = this.#accounts.get(account) ?? account
    this.#accounts.set(known, known)
    this.#snapshotKeys.set(id, { account: known, at })
  }

  #setOrders(eventId: string, orders: readonly string[]): void {
    if (orders.length > 0) this.#ordersOfEvent.set(eventId, orders)
    else this.#ordersOfEvent.delete(eventId)
  }
}
