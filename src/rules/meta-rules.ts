import { dashboardUrl, runbookUrl } from './links.js'
import { acrossProcesses, by, byAllMarkets, byMarkets, inSession, on } from './promql.js'
import type { AlertingRule, AlertLabels, RuleLinks } from './rule.js'

/** Alerts about the exporter itself. Labels of which no rule depends on stay out, so that replicas are one. */
export function metaRules(links: RuleLinks): readonly AlertingRule[] {
  return META.map(({ alert, expr, severity, category = 'meta', summary, description, labels, ...timing }) => ({
    alert,
    expr,
    ...timing,
    labels: {
      severity,
      ...(severity === 'critical' ? { notify: 'email' } : {}),
      category,
      team: 'quant',
      ...labels,
    },
    annotations: {
      summary,
      description,
      runbook_url: runbookUrl(links, alert),
      dashboard_url: dashboardUrl(links, 'pipeline'),
    },
  }))
}

interface MetaRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly keep_firing_for?: string
  readonly severity: AlertLabels['severity']
  readonly category?: 'meta' | 'data'
  readonly summary: string
  readonly description: string
  readonly labels?: Partial<AlertLabels>
}

const SHARDS = `max ${by()} (quant_shards)`
const SHARDS_SCRAPED = `count ${by()} (count ${by('shard')} (quant_shard_info))`
/** An installation of which nothing is scraped any more: beside another one `absent` would not see it. For a day. */
const LOST = `(max ${by()} (last_over_time(quant_exporter_build_info[1d])) unless ${on()} quant_exporter_build_info)`
const TOO_FEW_SHARDS = byMarkets(`((${SHARDS} > ${SHARDS_SCRAPED}) or ${LOST})`)
const NO_INSTALLATION = byAllMarkets(`(absent(quant_exporter_build_info) unless on () ${LOST})`)
/** Each replica of some shard has lost it. A source is not up before its history is read: that is no failure yet. */
const HAS_FAILED = `sum ${by('source', 'shard')} (quant_source_errors_total) > 0`
const SOURCE_LOST = byMarkets(
  `(count ${by('source')} (max ${by('source', 'shard')} (quant_source_up) == 0 and ${on('source', 'shard')} ${HAS_FAILED}) > 0)`,
)
const ENABLED = `max ${by()} (quant_exporter_enabled)`
const TICK_AGE =
  'timestamp(quant_tick_last_completed_timestamp_seconds{tier="light"}) - quant_tick_last_completed_timestamp_seconds{tier="light"}'

const META: readonly MetaRule[] = [
  {
    alert: 'QuantExporterDown',
    expr: `(${TOO_FEW_SHARDS.open}) or (${NO_INSTALLATION.open})`,
    for: '1m',
    severity: 'critical',
    summary: 'A shard of the exporter is not scraped.',
    description: 'Nothing is known of its books: neither their values nor whether a limit is breached.',
  },
  {
    alert: 'QuantExporterDown',
    expr: `(${TOO_FEW_SHARDS.closed}) or (${NO_INSTALLATION.closed})`,
    for: '1m',
    severity: 'warning',
    summary: 'A shard of the exporter is not scraped; every market is closed.',
    description: 'It has to be back before the next market opens.',
  },
  {
    alert: 'QuantSourceDown',
    expr: SOURCE_LOST.open,
    for: '30s',
    severity: 'critical',
    category: 'data',
    summary: 'Source {{ $labels.source }} cannot be read.',
    description: 'What is shown stands still since its last answer, and is marked stale.',
  },
  {
    alert: 'QuantSourceDown',
    expr: SOURCE_LOST.closed,
    for: '30s',
    severity: 'warning',
    category: 'data',
    summary: 'Source {{ $labels.source }} cannot be read; every market is closed.',
    description: 'It has to be back before the next market opens.',
  },
  {
    alert: 'QuantNotReady',
    expr: `max ${by('shard')} (quant_exporter_ready) == 0 and max ${by('shard')} (quant_exporter_enabled) == 1`,
    for: '2m',
    severity: 'warning',
    summary: 'The exporter is still reading its history.',
    description: 'Shard {{ $labels.shard }} shows no book before it is through.',
  },
  {
    alert: 'QuantNoBooks',
    expr: `sum ${by()} (max ${by('shard', 'calendar')} (quant_books)) == 0 and ${on()} (min ${by()} (quant_exporter_ready) == 1 and ${on()} ${ENABLED} == 1)`,
    for: '5m',
    severity: 'critical',
    summary: 'The exporter is ready and sees no live book.',
    description: 'Either nobody trades, or it looks into the wrong tables: every alert about a book is silent.',
  },
  {
    alert: 'QuantPolicyNotEvaluable',
    // The gauge is there for enabled strategies only.
    expr: inSession(`count ${by('policy', 'calendar')} (${acrossProcesses('quant_policy_evaluable')} == 0)`),
    for: '15m',
    severity: 'warning',
    category: 'data',
    labels: { session_aware: 'true' },
    summary: 'Limit {{ $labels.policy }} cannot be checked.',
    description:
      'What it needs is missing or stale in {{ $value }} books of calendar {{ $labels.calendar }}: a breach would not be seen.',
  },
  {
    alert: 'QuantComputeSlow',
    expr: `max ${by('shard', 'tier')} (rate(quant_tick_overruns_total[5m]) / rate(quant_ticks_total[5m])) > 0.05`,
    for: '5m',
    severity: 'warning',
    summary: 'Ticks take longer than their period.',
    description:
      '{{ $value | humanizePercentage }} of the {{ $labels.tier }} ticks of shard {{ $labels.shard }} overran in five minutes.',
  },
  {
    alert: 'QuantStoreFailing',
    // Each shard writes of its own.
    expr: `min ${by('store')} (max ${by('store', 'shard')} (quant_store_up)) == 0`,
    for: '2m',
    severity: 'warning',
    summary: 'Store {{ $labels.store }} cannot be written.',
    description: 'Values and alerts are not affected; what is kept has a hole until it is back and caught up.',
  },
  {
    alert: 'QuantConfigInvalid',
    expr: `min ${by()} (quant_config_valid) == 0 or max ${by()} (quant_policy_overrides_unmatched) > 0`,
    for: '1m',
    severity: 'warning',
    summary: 'The configuration was refused, or an override names no known book.',
    description:
      '{{ if eq $value 0.0 }}What was in force before stays in force; the log names the place in the file.{{ else }}{{ $value }} overrides match no strategy, account or book; the log names them.{{ end }}',
  },
  {
    alert: 'QuantPolicyThresholdMissing',
    expr: `count ${by('policy')} (max ${by('policy', 'strategy_id', 'account')} (quant_policy_open) unless ${on('policy', 'strategy_id', 'account')} max ${by('policy', 'strategy_id', 'account')} (quant_policy_threshold)) > 0`,
    for: '1m',
    severity: 'warning',
    summary: 'Policy {{ $labels.policy }} is in force and has no threshold.',
    description: 'In {{ $value }} books; an episode cannot say which limit was breached.',
  },
  {
    alert: 'QuantCalendarExpiring',
    expr: `min ${by('calendar')} (quant_market_calendar_valid_until_timestamp_seconds) - time() < 60 * 86400`,
    severity: 'warning',
    summary: 'Calendar {{ $labels.calendar }} ends soon.',
    description: 'Past its end nothing is told of its books: a newer version of the exporter knows more years.',
  },
  {
    alert: 'QuantClockSkew',
    expr: `max ${by()} (abs(timestamp(quant_exporter_time_seconds) - quant_exporter_time_seconds)) > 2 or max ${by('source')} (abs(quant_source_clock_offset_seconds)) > 2`,
    for: '1m',
    severity: 'warning',
    summary: 'Clocks disagree by more than two seconds.',
    description:
      'Those of Prometheus and the exporter{{ with $labels.source }}, or of the exporter and source {{ . }}{{ end }}: by {{ $value | humanizeDuration }}. Ages and windows are off by as much.',
  },
  {
    alert: 'QuantSeriesLimited',
    expr: `max ${by('shard')} (quant_series_limited) == 1`,
    severity: 'warning',
    summary: 'The cap on series has been reached.',
    description: 'Shard {{ $labels.shard }} leaves out gauges: quant_series_left_out says which.',
  },
  {
    alert: 'QuantWatchdog',
    expr: `(count ${by()} (count ${by('shard')} ((${TICK_AGE}) < 60)) >= ${on()} ${SHARDS}) or ${ENABLED} == 0`,
    keep_firing_for: '2m',
    severity: 'none',
    summary: 'Every shard ticks.',
    description: 'Fires as long as all is well, for a switch that calls when it hears nothing.',
  },
]
