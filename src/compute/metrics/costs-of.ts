import { MONEY_DIGITS, type MoneyE17, toNumber } from '../../domain/exact.js'
import type { Meta } from '../../domain/metric.js'
import type { Valuation } from '../valuation.js'
import type { WindowView } from '../view.js'

type Costly = Pick<WindowView, 'orderCosts' | 'feesInKind' | 'accountFees' | 'costSource'>

/** Everything a window cost besides the prices of its trades; unknown where a fee was a coin not quoted in USD. */
export function costsOf({ orderCosts, feesInKind, accountFees }: Costly): Valuation<MoneyE17> {
  return feesInKind.known ? { known: true, value: orderCosts + feesInKind.value + accountFees } : feesInKind
}

/** Who says so, and what of it names no order. */
export function costsMeta({ costSource, feesInKind, accountFees }: Costly): Meta {
  return {
    cost_source: costSource,
    ...(feesInKind.known && feesInKind.value !== 0n
      ? { fees_in_kind_usd: toNumber(feesInKind.value, MONEY_DIGITS) }
      : {}),
    ...(accountFees === 0n ? {} : { account_fees_usd: toNumber(accountFees, MONEY_DIGITS) }),
  }
}
