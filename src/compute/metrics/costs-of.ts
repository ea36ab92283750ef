import { MONEY_DIGITS, type MoneyE17, toNumber } from '../../domain/exact.js'
import type { Meta } from '../../domain/metric.js'
import type { Valuation } from '../valuation.js'
import type { WindowView } from '../view.js'

/** Everything a window cost besides the prices of its trades; unknown where a fee was a coin not quoted in USD. */
export function costsOf({ result }: WindowView): Valuation<MoneyE17> {
  const { orderCosts, feesInKind, accountFees } = result()
  return feesInKind.known ? { known: true, value: orderCosts + feesInKind.value + accountFees } : feesInKind
}

/** Who says so, and what of it names no order. */
export function costsMeta({ costSource, result }: WindowView): Meta {
  const { feesInKind, accountFees } = result()
  return {
    cost_source: costSource,
    ...(feesInKind.known && feesInKind.value !== 0n
      ? { fees_in_kind_usd: toNumber(feesInKind.value, MONEY_DIGITS) }
      : {}),
    ...(accountFees === 0n ? {} : { account_fees_usd: toNumber(accountFees, MONEY_DIGITS) }),
  }
}
