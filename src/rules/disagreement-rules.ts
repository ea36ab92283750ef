import type { MetricDescription } from '../domain/metric.js'
import { ALL_POLICIES, type Policy } from '../policy/catalogue.js'
import { DASHBOARD_OF, dashboardUrl, runbookUrl } from './links.js'
import { by, on } from './promql.js'
import type { AlertingRule, RuleLinks } from './rule.js'

const BOOK = ['strategy_id', 'account'] as const

/**
 * The second opinion: Prometheus compares the gauge that everybody sees with the limit, and speaks where the exporter's
 * own judgement is another for longer than frames and the end of an episode can explain. Of policies that ask for a
 * number of observations it cannot know enough.
 */
export function disagreementRules(links: RuleLinks, dictionary: readonly MetricDescription[]): readonly AlertingRule[] {
  return ALL_POLICIES.flatMap((policy) => {
    const metric = dictionary.find(({ name }) => name === policy.metric)
    if (policy.category === 'data' || policy.evidence.length > 0 || metric === undefined) return []
    return [
      {
        alert: 'QuantPolicyDisagrees',
        expr: disagreement(policy, metric),
        for: '2m',
        labels: { severity: 'warning', category: 'meta', team: 'quant', policy: policy.key },
        annotations: {
          summary: `${policy.subject} is beyond its limit, and policy ${policy.key} is quiet.`,
          description: `{{ $labels.strategy_id }} in {{ $labels.account }}: the gauge says {{ $value }}, fresh and checkable, and no episode is open.`,
          runbook_url: runbookUrl(links, 'QuantPolicyDisagrees'),
          dashboard_url: dashboardUrl(links, DASHBOARD_OF[policy.category], BOOK),
        },
      } as const,
    ]
  })
}

function disagreement({ key, breaches, window }: Policy, { prometheus }: MetricDescription): string {
  const labels = `${window === 'level' ? '' : `window="${window}",`}freshness="fresh"`
  const beyond = breaches === 'above' ? '>' : '<'
  const of = (gauge: string) => `max ${by(...BOOK)} (${gauge})`
  const policy = `{policy="${key}"}`
  return [
    `${of(`${prometheus}{${labels}}`)} ${beyond} ${on(...BOOK)} ${of(`quant_policy_threshold${policy}`)}`,
    `and ${on(...BOOK)} (${of(`quant_policy_evaluable${policy}`)} == 1)`,
    `and ${on(...BOOK)} (${of(`quant_policy_open${policy}`)} == 0)`,
  ].join(' ')
}
