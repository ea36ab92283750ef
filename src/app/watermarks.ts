import type { Watermarks } from '../compute/engine.js'
import type { Need } from '../domain/metric.js'
import type { MarketSource } from '../ingest/clickhouse/market-source.js'

/** Until ClickHouse has answered once, and for ever where it is not configured. */
const WITHOUT_FEEDS: ReadonlyMap<Need, string> = new Map([
  ['bars', 'clickhouse'],
  ['signals', 'clickhouse'],
])

export interface SourceProgress extends Pick<Watermarks, 'ordersAsOf' | 'feedsAsOf'> {
  /** What the trading database does not have. */
  readonly lacking: ReadonlyMap<Need, string>
  readonly market: Pick<MarketSource, 'lacking'> | undefined
}

/** What the sources know, and what they lack, at a tick. */
export function watermarksOf({ ordersAsOf, feedsAsOf, lacking, market }: SourceProgress): Watermarks {
  const ofFeeds = feedsAsOf === undefined || market === undefined ? WITHOUT_FEEDS : market.lacking
  return { ordersAsOf, feedsAsOf, lacking: new Map([...lacking, ...ofFeeds]) }
}
