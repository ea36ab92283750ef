import type { MoneyE17 } from '../../domain/exact.js'
import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import type { EpochMs } from '../../domain/time.js'
import type { SymbolLedger } from '../accumulators/symbol-ledger.js'
import type { BookReaderOptions } from '../book-reader.js'
import type { Sharing } from '../equity/sharing.js'
import { unrealizedOf } from '../formulas/performance.js'
import { costsOf } from '../metrics/costs-of.js'
import { grossPnlOf } from '../metrics/performance/gross-pnl.js'
import type { Valuation } from '../valuation.js'
import type { MarkedPosition, WindowView } from '../view.js'
import { isoOrNull, largestFirst, listed, price, quantity, shareNumber, sumOf, unknownRow, usd } from './rows.js'

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

const LISTED_CHARGES = 50
const CHARGES = ['account_fee', 'order_without_fill', 'fee_in_kind'] as const

/** What was charged and no fill carries. */
interface Charge {
  readonly at: EpochMs
  readonly kind: (typeof CHARGES)[number]
  readonly amount: MoneyE17
  readonly row: ExplanationRow
}

function chargesOf({ book, account }: Pick<BookReaderOptions, 'book' | 'account'>, view: WindowView): Charge[] {
  const { start: from, costSource, level } = view
  const to = level.at
  const fees = costSource === 'broker_activities' ? account.flows.feeRecordsIn(from, to) : []
  return [
    ...fees.map(
      ({ at, flowId, amount }): Charge => ({ at, kind: 'account_fee', amount: -amount, row: { id: flowId } }),
    ),
    ...book.looseChargesIn(from, to, costSource).map(
      ({ at, executionId, cost }): Charge => ({
        at,
        kind: 'order_without_fill',
        amount: cost,
        row: { id: executionId },
      }),
    ),
    ...[...book.ledgers].flatMap(([symbol, ledger]) => feesInKindOf(symbol, ledger, from, to)),
  ].sort((a, b) => a.at - b.at)
}

function feesInKindOf(symbol: string, ledger: SymbolLedger, from: EpochMs, to: EpochMs): Charge[] {
  const { steps, count } = ledger.stepsUpTo(to)
  return steps.slice(0, count).flatMap(({ at, state, adjustment }, index): Charge[] => {
    const amount = state.feesInKind - (steps[index - 1]?.state.feesInKind ?? 0n)
    if (at <= from || amount === 0n || adjustment?.kind !== 'fee_in_kind') return []
    const taken = (steps[index - 1]?.state.quantity ?? 0n) - state.quantity
    return [
      { at, kind: 'fee_in_kind', amount, row: { symbol, quantity: quantity(taken), price: price(adjustment.price) } },
    ]
  })
}

/** Who tells the costs, and what of them is of orders and what is not. */
export function costsPart(
  options: Pick<BookReaderOptions, 'book' | 'account'>,
  view: WindowView,
  sharing: Sharing,
): ExplanationPart {
  const { orderCosts, feesInKind, accountFees, fillCount, tradedNotional } = view.result()
  const charges = largestFirst(chargesOf(options, view), ({ amount }) => amount)
  return {
    name: 'costs',
    about:
      'Costs of orders with their fills, or at their end without one; fees taken in coin at the mark; and the share of fees that name no order.',
    values: {
      cost_source: view.costSource,
      fills: fillCount,
      ...(tradedNotional.known ? { traded_notional_usd: usd(tradedNotional.value) } : unknownRow(tradedNotional)),
      order_costs_usd: usd(orderCosts),
      ...(feesInKind.known ? { fees_in_kind_usd: usd(feesInKind.value) } : unknownRow(feesInKind)),
      account_fees_usd: usd(accountFees),
      share_of_account_fees: shareNumber(sharing),
    },
    list: listed(charges, {
      limit: LISTED_CHARGES,
      order: 'what no fill carries, largest first; fees of the account are whole',
      row: ({ at, kind, amount, row }) => ({ at: isoOrNull(at), kind, ...row, amount_usd: usd(amount) }),
      sums: (leftOut) =>
        Object.fromEntries(
          CHARGES.map((kind) => [
            `${kind}_usd`,
            usd(
              sumOf(
                leftOut.filter((charge) => charge.kind === kind),
                ({ amount }) => amount,
              ),
            ),
          ]),
        ),
    }),
  }
}
