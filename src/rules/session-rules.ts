import { dashboardUrl, runbookUrl } from './links.js'
import { ALL_CLOSED_UNTIL, by } from './promql.js'
import type { Rule, RuleLinks } from './rule.js'

/**
 * Longer than a session-aware alert outlives the close by (keep_firing_for), its group's interval and two evaluations:
 * an alert that is inhibited has its notice of resolution held back as well, so that has to leave first.
 */
export const CLOSED_FOR = '5m'

/** What other rules and the inhibitions know of sessions. */
export function sessionRules(links: RuleLinks): readonly Rule[] {
  return [
    {
      record: ALL_CLOSED_UNTIL,
      expr: `min ${by()} (quant_market_all_closed_until_timestamp_seconds) or ${ALL_CLOSED_UNTIL}`,
    },
    {
      alert: 'QuantMarketSessionClosed',
      expr: 'max by (calendar) (quant_market_session_open) == 0',
      for: CLOSED_FOR,
      labels: { severity: 'none', category: 'meta', team: 'quant' },
      annotations: {
        summary: 'The market of calendar {{ $labels.calendar }} is closed.',
        description: 'Tells nobody; holds back alerts that mean something in session only.',
        runbook_url: runbookUrl(links, 'QuantMarketSessionClosed'),
        dashboard_url: dashboardUrl(links, 'pipeline'),
      },
    },
  ]
}
