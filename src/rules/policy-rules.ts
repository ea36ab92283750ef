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
 * `time()` would add the sample's own age. Silent where the policy is off (others have told their limits, it has none) and
 * where all processes judge in shadow; where nothing is told of policies the default holds.
 */
function framesMissing({ key, limit }: Policy): string {
  const age = 'timestamp(quant_frames_oldest_timestamp_seconds) - quant_frames_oldest_timestamp_seconds'
  const oldest = `max ${by('calendar')} (min ${by('calendar', 'shard')} (${age}))`
  const threshold = `${on('calendar')} max ${by('calendar')} (quant_policy_threshold{policy="${key}"})`
  const byDefault = `${oldest} > ${limit} unless ${on()} quant_policy_overrides_unmatched`
  const shadow = `(min ${by()} (quant_policy_shadow) == 1)`
  return `(${oldest} > ${threshold} or ${byDefault}) unless ${on()} ${shadow}`
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

/** A book of the alert's own installation: a label that is not there is the same as an empty one. */
const BOOK = 'cluster=%q,namespace=%q,strategy_id=%q,account=%q'
const BOOK_VALUES = '$labels.cluster $labels.namespace $labels.strategy_id $labels.account'

function perBook(policy: Policy): string {
  const asked = (gauge: string) => {
    const query = `max(${gauge}{policy='${policy.key}',${BOOK}})`
    return `{{ with printf "${query}" ${BOOK_VALUES} | query }}{{ . | first | value${formatOf(policy)} }}${SUFFIX[policy.unit] ?? ''}{{ end }}`
  }
  const note = policy.key === 'max_drawdown_1d' ? HELD_UNTIL_NEXT_OPEN : ''
  return `${policy.subject} of {{ $labels.strategy_id }} in {{ $labels.account }}: ${asked('quant_policy_observed')}, limit ${asked('quant_policy_threshold')}.${note}`
}

/** The deepest fall of the day stays what it is, so the alert does too; what is left of it is another number. */
const HELD_UNTIL_NEXT_OPEN = ` It holds until the next session opens; the drawdown now is {{ with printf "max(quant_current_drawdown_ratio{${BOOK},window='1d'})" ${BOOK_VALUES} | query }}{{ . | first | value | humanizePercentage }}{{ else }}not known{{ end }}.`

/** A ratio that ends at one is a share, and said in percent. */
function formatOf({ unit, range }: Policy): string {
  return unit === 'ratio' && range.max === 1 ? ' | humanizePercentage' : (FORMAT[unit] ?? ' | printf "%.4g"')
}

const FORMAT: Partial<Record<Unit, string>> = { seconds: ' | humanizeDuration', USD: ' | humanize' }
const SUFFIX: Partial<Record<Unit, string>> = { bps: ' bps', USD: ' USD' }
