import type { Unit } from '../domain/metric.js'
import { ALL_POLICIES, type Policy } from '../policy/catalogue.js'
import { DASHBOARD_OF, dashboardUrl, runbookUrl } from './links.js'
import { acrossProcesses, by, inSession, on } from './promql.js'
import { type AlertingRule, type AlertLabels, KEEP_FIRING_FOR, type RuleLinks } from './rule.js'

/**
 * The rules of policies. The exporter counts frames and latches, so that a breach between two scrapes is not lost: a rule
 * only looks whether an episode is open.
 */
export function policyRules(links: RuleLinks): readonly AlertingRule[] {
  return ALL_POLICIES.filter(({ category }) => category !== 'data').map((policy) => ({
    alert: policy.alert,
    expr: `${acrossProcesses(`quant_policy_open{policy="${policy.key}"}`)} == 1`,
    keep_firing_for: KEEP_FIRING_FOR,
    labels: labelsOf(policy),
    annotations: {
      summary: policy.summary,
      description: perBook(policy),
      runbook_url: runbookUrl(links, policy.alert),
      dashboard_url: dashboardUrl(links, DASHBOARD_OF[policy.category], ['strategy_id', 'account']),
    },
  }))
}

/** The rules of policies about data: one alert a calendar, however many books suffer, and none while it is closed. */
export function dataRules(links: RuleLinks): readonly AlertingRule[] {
  return ALL_POLICIES.filter(({ category }) => category === 'data').map((policy) => ({
    alert: policy.alert,
    expr: inSession(
      policy.judged === 'frame_age'
        ? framesMissing(policy)
        : `count ${by('policy', 'calendar')} (${acrossProcesses(`quant_policy_open{policy="${policy.key}"}`)} == 1)`,
    ),
    keep_firing_for: KEEP_FIRING_FOR,
    labels: labelsOf(policy),
    annotations: {
      summary: policy.summary,
      description:
        policy.judged === 'frame_age'
          ? 'The oldest frame of a book of calendar {{ $labels.calendar }} is {{ $value | humanizeDuration }} old.'
          : '{{ $value }} books of calendar {{ $labels.calendar }} are affected; /alerts lists them.',
      runbook_url: runbookUrl(links, policy.alert),
      dashboard_url: dashboardUrl(links, DASHBOARD_OF[policy.category]),
    },
  }))
}

/**
 * Frames that stop are seen by Prometheus itself, since whoever makes none judges none. The age is taken at the scrape:
 * `time()` would add the sample's own age. Silent where policies are judged and this one is not in force, or in shadow.
 */
function framesMissing({ key, limit }: Policy): string {
  const age = 'timestamp(quant_frames_oldest_timestamp_seconds) - quant_frames_oldest_timestamp_seconds'
  const oldest = `max ${by('calendar')} (min ${by('calendar', 'shard')} (${age}))`
  const threshold = `scalar(max(quant_policy_threshold{policy="${key}"}) or vector(${limit}))`
  const judged = `count ${by()} ({__name__=~"quant_policy_(open|threshold)"})`
  const inForce = `count ${by()} (quant_policy_open{policy="${key}"})`
  return `${oldest} > ${threshold} unless ${on()} (${judged} unless ${on()} ${inForce})`
}

function labelsOf(policy: Policy): AlertLabels {
  const { severity, category, isSessionAware, judged, key, metric, window } = policy
  return {
    severity: severity === 'critical' ? 'critical' : 'warning',
    ...(severity === 'critical' ? { notify: 'email' } : {}),
    category,
    team: 'quant',
    session_aware: isSessionAware ? 'true' : 'false',
    // Of frames there is no series that says the policy, and no metric.
    ...(judged === 'frame_age' ? { policy: key } : { metric_name: metric, window }),
  }
}

function perBook(policy: Policy): string {
  const asked = (gauge: string) => {
    const query = `max(${gauge}{policy='${policy.key}',strategy_id=%q,account=%q})`
    return `{{ with printf "${query}" $labels.strategy_id $labels.account | query }}{{ . | first | value${formatOf(policy)} }}${SUFFIX[policy.unit] ?? ''}{{ end }}`
  }
  const note = policy.key === 'max_drawdown_1d' ? HELD_UNTIL_NEXT_OPEN : ''
  return `${policy.subject} of {{ $labels.strategy_id }} in {{ $labels.account }}: ${asked('quant_policy_observed')}, limit ${asked('quant_policy_threshold')}.${note}`
}

/** The deepest fall of the day stays what it is, so the alert does too; what is left of it is another number. */
const HELD_UNTIL_NEXT_OPEN = ` It holds until the next session opens; the drawdown now is {{ with printf "max(quant_current_drawdown_ratio{strategy_id=%q,account=%q,window='1d'})" $labels.strategy_id $labels.account | query }}{{ . | first | value | humanizePercentage }}{{ else }}not known{{ end }}.`

/** A ratio that ends at one is a share, and said in percent. */
function formatOf({ unit, range }: Policy): string {
  return unit === 'ratio' && range.max === 1 ? ' | humanizePercentage' : (FORMAT[unit] ?? '')
}

const FORMAT: Partial<Record<Unit, string>> = { seconds: ' | humanizeDuration', USD: ' | humanize' }
const SUFFIX: Partial<Record<Unit, string>> = { bps: ' bps', USD: ' USD' }
