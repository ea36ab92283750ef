import type { MoneyE17 } from '../domain/exact.js'

/** Where an account's explicit costs are told, in order of precedence: one of them counts, never two. */
export const COST_SOURCES = ['order_records', 'broker_activities', 'fee_schedule'] as const
export type CostSource = (typeof COST_SOURCES)[number]

/** What the same trades cost as each source tells it; money, positive when it costs. */
export type Costs = Readonly<Record<CostSource, MoneyE17>>

export const NO_COSTS: Costs = { order_records: 0n, broker_activities: 0n, fee_schedule: 0n }

export function plusCosts(a: Costs, b: Costs): Costs {
  if (b === NO_COSTS) return a
  return {
    order_records: a.order_records + b.order_records,
    broker_activities: a.broker_activities + b.broker_activities,
    fee_schedule: a.fee_schedule + b.fee_schedule,
  }
}

/** The costs that count for an account; none where no source says anything. */
export function costsBy(source: CostSource | 'none', costs: Costs): MoneyE17 {
  return source === 'none' ? 0n : costs[source]
}
