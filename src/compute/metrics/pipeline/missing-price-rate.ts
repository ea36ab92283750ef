import type { FeedMetric } from '../definition.js'
import { missingShare } from './missing-share.js'

/**
 * Share of the session minutes of the book's symbols in which there was no bar.
 *
 * Formula: due session minutes × symbols without a bar / due session minutes × symbols.
 * Unit: ratio, 0 to 1; higher is worse.
 * Undefined when: there is no symbol to look at (no_universe), or no session minute ended in the window (nothing_due).
 * Convention: minutes (m − 1 min, m] of the UTC grid that lie in a session and ended in the window at least 15 s before T;
 * symbols of the universe and those held at T, without a universe those decided on in the last five sessions.
 * Source: METRICS section 4, row 45; fine print 10.
 */
export const missingPriceRate: FeedMetric = {
  name: 'missing_price_rate',
  group: 'pipeline',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_missing_price_ratio',
  sources: ['orders', 'bars'],
  needs: ['bars'],
  feed: 'bars',
  summary: 'Share of the session minutes of the symbols that matter in which there was no bar.',
  compute: (view) => missingShare('bars', view),
}
