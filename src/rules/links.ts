import type { PolicyCategory } from '../policy/catalogue.js'
import type { RuleLinks } from './rule.js'

/** The dashboards, by the path that they have in Grafana. */
export const DASHBOARDS = {
  scoreboard: 'quant-scoreboard',
  execution: 'quant-execution',
  risk: 'quant-risk',
  pipeline: 'quant-pipeline',
} as const
export type DashboardName = keyof typeof DASHBOARDS

/** Where to look when a policy of the category is breached. */
export const DASHBOARD_OF: Readonly<Record<PolicyCategory, DashboardName>> = {
  strategy: 'scoreboard',
  execution: 'execution',
  risk_limit: 'risk',
  data: 'pipeline',
}

export function runbookUrl({ runbooksUrl }: RuleLinks, alert: string): string {
  return `${runbooksUrl}/${alert}.md`
}

/** A dashboard, opened at the alert's own label values. */
export function dashboardUrl({ grafanaUrl }: RuleLinks, dashboard: DashboardName, labels: readonly string[] = []) {
  const variables = labels.map((label) => `var-${label}={{ $labels.${label} | urlquery }}`)
  return `${grafanaUrl}/d/${DASHBOARDS[dashboard]}${variables.length > 0 ? `?${variables.join('&')}` : ''}`
}
