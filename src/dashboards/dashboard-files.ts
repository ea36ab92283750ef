import { DASHBOARDS, type DashboardName } from '../rules/links.js'
import { EXECUTION_DESCRIPTION, execution } from './execution.js'
import { dashboardText, type Row } from './finish.js'
import { PIPELINE_DESCRIPTION, pipeline } from './pipeline.js'
import { RISK_DESCRIPTION, risk } from './risk.js'
import { SCOREBOARD_DESCRIPTION, scoreboard } from './scoreboard.js'
import { type ShownMetric, ShownMetrics } from './shown-metrics.js'

const ALL: Readonly<Record<DashboardName, readonly [string, (metrics: ShownMetrics) => readonly Row[]]>> = {
  scoreboard: [SCOREBOARD_DESCRIPTION, scoreboard],
  execution: [EXECUTION_DESCRIPTION, execution],
  risk: [RISK_DESCRIPTION, risk],
  pipeline: [PIPELINE_DESCRIPTION, pipeline],
}

/** The files of all dashboards, by their path. */
export function dashboardFiles(metrics: readonly ShownMetric[]): Record<string, string> {
  const shown = new ShownMetrics(metrics)
  const names = Object.keys(ALL) as DashboardName[]
  return Object.fromEntries(
    names.map((name) => {
      const [description, rows] = ALL[name]
      return [`dashboards/out/${DASHBOARDS[name]}.json`, dashboardText(name, description, rows(shown))]
    }),
  )
}
