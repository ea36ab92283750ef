import { dashboardText } from './finish.js'
import { SCOREBOARD_DESCRIPTION, scoreboard } from './scoreboard.js'
import { type ShownMetric, ShownMetrics } from './shown-metrics.js'
import { DASHBOARDS } from '../rules/links.js'

/** The files of all dashboards, by their path. */
export function dashboardFiles(metrics: readonly ShownMetric[]): Record<string, string> {
  const shown = new ShownMetrics(metrics)
  const texts = {
    scoreboard: dashboardText('scoreboard', SCOREBOARD_DESCRIPTION, scoreboard(shown)),
  }
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [`dashboards/out/${DASHBOARDS[name as keyof typeof texts]}.json`, text]),
  )
}
