import type { QuantityE9 } from '../../domain/exact.js'
import { NO_MID } from '../../domain/quote.js'
import type { CostSource } from '../costs.js'
import { markSourcesOf, type PricedBook } from '../mark-sources.js'
import { markOf } from '../marks.js'
import { type OrderPricing, QUOTE_LEAD_MS, QUOTE_REACH_MS } from './order-parts.js'

interface PricedOrders extends PricedBook {
  readonly multiplierOf: (symbol: string) => QuantityE9
  readonly currencyOf: (symbol: string) => string
}

/**
 * What the orders of a book are priced with. The newest eligible quote decides: at least two seconds older than the
 * submit, at most fifteen; if it is not valid there is no mid.
 * Source: METRICS section 2, fine print 9; SOURCES section 2.
 */
export function orderPricingOf(priced: PricedOrders, costSource: CostSource | 'none'): OrderPricing {
  const { book, market, multiplierOf, currencyOf } = priced
  return {
    multiplierOf,
    costSource,
    isForeign: (symbol) => currencyOf(symbol) !== 'USD',
    markAt: (symbol, at) => markOf(markSourcesOf(priced, symbol, book.ledgers.get(symbol)), at),
    midAt: (symbol, submittedAt) => {
      const quote = market.mids(symbol)?.latestAt(submittedAt - QUOTE_LEAD_MS)
      const isEligible = quote !== undefined && quote.at >= submittedAt - QUOTE_REACH_MS
      return isEligible && quote.priceE8 !== NO_MID ? quote : undefined
    },
  }
}
