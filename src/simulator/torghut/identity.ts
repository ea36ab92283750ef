import { hexOf, uuidOf } from '../random.js'
import type { Decision } from '../trading/order.js'

/** The ids of all rows that come from one decision; the same seed gives the same ones. */
export interface Identity {
  readonly decisionId: string
  /** Also the client order id at the broker. */
  readonly decisionHash: string
  readonly executionId: string
  readonly brokerOrderId: string
  readonly reviewId: string
  /** The key from which the ids of an order's events are made. */
  readonly eventKey: string
}

export function identityOf({ strategy, number }: Decision, seed: number): Identity {
  const key = `${seed}/${strategy.name}/${number}`
  return {
    decisionId: uuidOf(`${key}/decision`),
    decisionHash: hexOf(`${key}/hash`),
    executionId: uuidOf(`${key}/execution`),
    brokerOrderId: uuidOf(`${key}/order`),
    reviewId: uuidOf(`${key}/review`),
    eventKey: `${key}/event`,
  }
}
