import type { ExplanationPart } from '../../domain/explanation.js'
import { unrealizedOf } from '../formulas/performance.js'
import { costsOf } from '../metrics/costs-of.js'
import { grossPnlOf } from '../metrics/performance/gross-pnl.js'
import type { Valuation } from '../valuation.js'
import type { MarkedPosition, WindowView } from '../view.js'
import { unknownRow, usd } from './rows.js'

/** From what was realised to what is left after costs. */
export function resultPart(view: WindowView, atStart: Valuation<readonly MarkedPosition[]>): ExplanationPart {
  const { level } = view
  const { realized, unrealizedChange } = view.result()
  const gross = grossPnlOf(view)
  const costs = costsOf(view)
  const changes = unrealizedChange.known && level.positions.known && atStart.known
  const [now, before] = [level.positions, atStart].map((held) => (held.known ? unrealizedOf(held.value) : 0n))
  return {
    name: 'result',
    about: 'gross = realised + (unrealised at T − unrealised at the start − taken over); net = gross − costs.',
    values: {
      activity: view.activity,
      ...(realized.known ? { realized_usd: usd(realized.value) } : unknownRow(realized)),
      ...(changes
        ? {
            unrealized_usd: usd(now ?? 0n),
            unrealized_at_start_usd: usd(before ?? 0n),
            taken_over_usd: usd((now ?? 0n) - (before ?? 0n) - unrealizedChange.value),
          }
        : {}),
      ...(gross.known ? { gross_usd: usd(gross.value) } : unknownRow(gross)),
      ...(costs.known ? { costs_usd: usd(costs.value) } : unknownRow(costs)),
      ...(gross.known && costs.known ? { net_usd: usd(gross.value - costs.value) } : {}),
    },
  }
}

/** Who tells the costs, and what of them is of orders and what is not. */
export function costsPart(view: WindowView): ExplanationPart {
  const { orderCosts, feesInKind, accountFees, fillCount, tradedNotional } = view.result()
  return {
    name: 'costs',
    about:
      'Costs of orders with their fills, fees taken in coin at the mark, and the share of fees that name no order.',
    values: {
      cost_source: view.costSource,
      fills: fillCount,
      ...(tradedNotional.known ? { traded_notional_usd: usd(tradedNotional.value) } : unknownRow(tradedNotional)),
      order_costs_usd: usd(orderCosts),
      ...(feesInKind.known ? { fees_in_kind_usd: usd(feesInKind.value) } : unknownRow(feesInKind)),
      account_fees_usd: usd(accountFees),
    },
  }
}
