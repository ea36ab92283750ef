import type { FeedMetric } from '../definition.js'
import { missingShare } from './missing-share.js'

/**
 * Share of the session minutes of the book's symbols in which there was no signal of the technical analysis.
 *
 * Formula: due session minutes × symbols without a TA signal / due session minutes × symbols.
 * Unit: ratio, 0 to 1; higher is worse.
 * Undefined when: there is no symbol to look at (no_universe), or no session minute ended in the window (nothing_due).
 * Convention: minutes (m − 1 min, m] of the UTC grid that lie in a session and ended in the window at least 15 s before T;
 * symbols of the universe and those held at T, without a universe those decided on in the last five sessions.
 * Source: METRICS section 4, row 46; fine print 10.
 */
export const missingSignalRate: FeedMetric = {
  name: 'missing_signal_rate',
  group: 'pipeline',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_missing_signal_ratio',
  sources: ['orders', 'signals'],
  needs: ['signals'],
  feed: 'signals',
  summary:
    'Share of the session minutes of the symbols that matter in which there was no signal of the technical analysis.',
  compute: (view) => missingShare('signals', view),
}
