import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What tests read of a dashboard's file. */
export interface DashboardFile {
  readonly uid: string
  readonly title: string
  readonly editable: boolean
  readonly panels: readonly DashboardPanel[]
  readonly links: readonly { readonly url: string; readonly includeVars: boolean; readonly keepTime: boolean }[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] }
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr?: string }[] }
}

export interface DashboardPanel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly DashboardQuery[]
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
}

export interface DashboardQuery {
  readonly refId: string
  readonly expr: string
  readonly instant?: boolean
  readonly datasource: { readonly uid: string }
}

const FOLDER = 'dashboards/out'

export const DASHBOARD_FILES: readonly DashboardFile[] = readdirSync(FOLDER).map((name) =>
  JSON.parse(readFileSync(join(FOLDER, name), 'utf8')),
)

/** Every query of every panel, with the words that find it again. */
export function queriesOf({ uid, panels }: DashboardFile) {
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({ name: `${uid} / ${title} / ${refId}`, expr })),
  )
}

/** An expression as Grafana sends it with everything chosen. */
export function interpolated(expr: string, window = '1d'): string {
  return expr
    .replaceAll('$__rate_interval', '20s')
    .replaceAll('$__range', '5m')
    .replaceAll('$window', window)
    .replace(/\$(job|instance|strategy_id|account)\b/g, '.*')
}
