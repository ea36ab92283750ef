import { absolute } from '../domain/exact.js'
import type { OpeningPositionFact } from '../domain/facts.js'
import type { CarriedTrip, Opening } from './accumulators/symbol-ledger.js'

/** How a ledger begins where a recording says what it held. */
export function givenOpening(fact: OpeningPositionFact): Opening {
  const { at, qty: quantity, cost, largestQty: largest = absolute(quantity) } = fact
  const trip = quantity === 0n ? undefined : tripOf(fact)
  return {
    ...{ kind: 'snapshot', at, quantity, cost, unrealized: 0n, largest },
    ...(trip && { trip }),
  }
}

/** What a recording tells of the round trip that is open: the other side of `tripFields`. */
function tripOf(fact: OpeningPositionFact): CarriedTrip | undefined {
  const { openedAt } = fact
  if (openedAt === undefined) return undefined
  const { enteredQty: entered = absolute(fact.qty), exitedQty: exited = 0n } = fact
  const { entryMoment = entered * BigInt(openedAt), exitMoment = exited * BigInt(openedAt) } = fact
  const { orderRecordCosts = 0n, brokerActivityCosts = 0n, feeScheduleCosts = 0n, earned = 0n } = fact
  const costs = {
    order_records: orderRecordCosts,
    broker_activities: brokerActivityCosts,
    fee_schedule: feeScheduleCosts,
  }
  return { openedAt, entered, entryMoment, exited, exitMoment, earned, costs }
}

/** The fields of an opening position that tell what an open round trip has done so far; of none where it is no trade. */
export function tripFields(trip: CarriedTrip | undefined) {
  return {
    openedAt: trip?.openedAt,
    enteredQty: trip?.entered,
    entryMoment: trip?.entryMoment,
    exitedQty: trip?.exited,
    exitMoment: trip?.exitMoment,
    earned: trip?.earned,
    orderRecordCosts: trip?.costs.order_records,
    brokerActivityCosts: trip?.costs.broker_activities,
    feeScheduleCosts: trip?.costs.fee_schedule,
  }
}
