import { ACCOUNT_DICTIONARY } from '../compute/account-dictionary.js'
import { DICTIONARY } from '../compute/dictionary.js'
import { dashboardFiles } from '../dashboards/dashboard-files.js'
import { ruleFiles } from '../rules/rule-files.js'
import { ruleGroups } from '../rules/rule-groups.js'
import { openApiDocument } from '../snapshot-api/openapi/document.js'
import { API_BASE_PATH } from '../snapshot-api/snapshot-api.js'
import { renderApiTypes } from './api-types.js'
import { CHART_RULE_LINKS, chartFiles } from './chart-files.js'
import { renderConfigurationDocs } from './configuration-page.js'
import { renderDependenciesPage } from './dependencies-page.js'
import { renderFormulaTexts } from './formula-texts.js'
import { docstringsIn, type MetricDocstring } from './metric-docstring.js'
import { renderMetricsPage } from './metrics-page.js'

/** Without a place of their own runbooks and dashboards are found from where one is. */
const RULE_LINKS = { runbooksUrl: 'docs/runbooks', grafanaUrl: '' }

/**
 * Every generated file with its content, by its path from the root; they are checked in, and a drift fails the checks.
 * Needs the source texts of the metrics, whose docstrings are the documentation, and the texts of package-lock.json and
 * of Alertmanager's configuration.
 */
export function generatedFiles(
  metricSources: readonly string[],
  { lock, alertmanager }: { readonly lock: string; readonly alertmanager: string },
): Record<string, string> {
  const docstrings = new Map(metricSources.flatMap((source) => [...docstringsIn(source)]))
  const api = openApiDocument(API_BASE_PATH)
  const dashboards = dashboardFiles(shownMetrics(docstrings))
  return {
    ...ruleFiles(ruleGroups(RULE_LINKS, DICTIONARY)),
    ...dashboards,
    ...chartFiles(ruleGroups(CHART_RULE_LINKS, DICTIONARY), dashboards, alertmanager),
    'docs/configuration.md': renderConfigurationDocs(),
    'docs/dependencies.md': renderDependenciesPage(lock),
    'docs/openapi.json': `${JSON.stringify(api, undefined, 2)}\n`,
    'types/api.d.ts': renderApiTypes(api),
    'docs/metrics.md': renderMetricsPage(DICTIONARY, ACCOUNT_DICTIONARY, docstrings),
    'src/compute/explain/formula-texts.ts': renderFormulaTexts(DICTIONARY, docstrings),
  }
}

function shownMetrics(docstrings: ReadonlyMap<string, MetricDocstring>) {
  return [...DICTIONARY, ...ACCOUNT_DICTIONARY].map((metric) => ({
    ...metric,
    formula: docstrings.get(metric.name)?.formula ?? '',
  }))
}
