/** What Prometheus evaluates: an alert, or a series that it records. */
export type Rule = AlertingRule | RecordingRule

export interface AlertingRule {
  readonly alert: string
  readonly expr: string
  /** How long it has to hold before it fires. */
  readonly for?: string
  /** How long it goes on firing after it holds no more. */
  readonly keep_firing_for?: string
  readonly labels: AlertLabels
  readonly annotations: AlertAnnotations
}

export interface RecordingRule {
  readonly record: string
  readonly expr: string
}

export interface RuleGroup {
  readonly name: string
  readonly interval: string
  readonly rules: readonly Rule[]
}

/** What routes and inhibitions match on. Never a value: a label that changes makes another alert of it. */
export interface AlertLabels {
  readonly severity: 'critical' | 'warning' | 'none'
  readonly category: string
  readonly team: 'quant'
  /** For whom it is also a mail. */
  readonly notify?: 'email'
  readonly session_aware?: 'true' | 'false'
  readonly policy?: string
  readonly metric_name?: string
  readonly window?: string
}

/** For people: what, how bad, what to do. */
export interface AlertAnnotations {
  readonly summary: string
  readonly description: string
  readonly runbook_url: string
  readonly dashboard_url: string
}

/** Where annotations point to. */
export interface RuleLinks {
  /** The runbook of an alert is `<this>/<its name>.md`. */
  readonly runbooksUrl: string
  /** What stands before the path of a dashboard; empty: paths as Grafana's own pages have them. */
  readonly grafanaUrl: string
}

/** All rules are evaluated as often as the exporter is scraped. */
export const INTERVAL = '5s'
/** Longer than a process takes to be replaced by the next: a rollout resolves nothing. */
export const KEEP_FIRING_FOR = '2m'
