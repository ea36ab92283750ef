import type { ExecutionFact } from '../domain/facts.js'
import { InstantSet } from './accumulators/instant-set.js'

/** When orders were submitted that say which way they were to take and which way they took, and those where the two differ. */
export class Routing {
  readonly named = new InstantSet()
  readonly fallbacks = new InstantSet()

  add(order: ExecutionFact): void {
    if (namesBoth(order)) this.named.add(order.submittedAt)
    if (isFallback(order)) this.fallbacks.add(order.submittedAt)
  }

  remove(order: ExecutionFact): void {
    if (namesBoth(order)) this.named.remove(order.submittedAt)
    if (isFallback(order)) this.fallbacks.remove(order.submittedAt)
  }
}

/** Whether an order says both. */
export function namesBoth({ adapter, expectedAdapter }: ExecutionFact): boolean {
  return adapter !== undefined && expectedAdapter !== undefined
}

/** Whether another adapter took it than was expected. */
export function isFallback(order: ExecutionFact): boolean {
  return namesBoth(order) && order.adapter !== order.expectedAdapter
}
