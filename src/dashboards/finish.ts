import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type GridPos,
  type Panel,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DASHBOARDS, type DashboardName } from '../rules/links.js'
import type { PanelBuilder } from './panels.js'
import { BOOK_LEGEND } from './queries.js'
import { annotations, DATASOURCE, links, TITLES, variables } from './variables.js'

/** Panels side by side under a heading. */
export interface Row {
  readonly title: string
  readonly height: number
  readonly panels: readonly (readonly [width: number, panel: PanelBuilder])[]
}

const GRID_WIDTH = 24
/** For a legend of books, in columns of the grid. */
const WIDE_ENOUGH = 8
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** The name of a panel's n-th query. */
export function refIdOf(index: number): string {
  const letter = LETTERS[index]
  if (letter === undefined) throw new Error(`a panel has more than ${LETTERS.length} queries`)
  return letter
}

/** A dashboard of these rows, as the text of its file: the same rows give the same bytes. */
export function dashboardText(name: DashboardName, description: string, rows: readonly Row[]): string {
  const builder = new DashboardBuilder(TITLES[name])
    .uid(DASHBOARDS[name])
    .description(description)
    .tags(['quant', 'trading'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .refresh('10s')
  for (const variable of variables()) builder.withVariable(variable)
  for (const one of annotations()) builder.annotation(one)
  for (const link of links(name)) builder.link(link)
  const dashboard = builder.build()
  // Ids are given in order of appearance; the SDK gives none.
  dashboard.panels = laidOut(rows).map((panel, index) => ({ ...panel, id: index + 1 }))
  return `${JSON.stringify(plain(dashboard), undefined, 2)}\n`
}

/** Places rows from top to bottom and their panels from left to right, wrapped where the grid ends. */
function laidOut(rows: readonly Row[]): NonNullable<Dashboard['panels']> {
  let y = 0
  return rows.flatMap(({ title, height, panels }) => {
    const heading = { ...new RowBuilder(title).build(), collapsed: false, panels: [], gridPos: at(0, y, GRID_WIDTH, 1) }
    y += 1
    let x = 0
    const placed = panels.map(([width, panel]) => {
      if (width > GRID_WIDTH) throw new Error(`a panel of '${title}' is wider than the grid`)
      if (x + width > GRID_WIDTH) {
        x = 0
        y += height
      }
      const gridPos = at(x, y, width, height)
      x += width
      return { ...legible(withQueriesNamed(panel.build()), width), gridPos }
    })
    y += height
    return [heading, ...placed]
  })
}

function at(x: number, y: number, w: number, h: number): GridPos {
  return { x, y, w, h }
}

function withQueriesNamed(panel: Panel): Panel {
  const targets = (panel.targets ?? []).map((target, index) => ({
    ...target,
    refId: refIdOf(index),
    datasource: DATASOURCE,
  }))
  return { ...panel, datasource: DATASOURCE, targets }
}

/** In a narrow chart the names of books leave no room for their lines. Colours go by name: wider charts tell whose. */
function legible(panel: Panel, width: number): Panel {
  const isOfBooks = JSON.stringify(panel.targets).includes(`"legendFormat":"${BOOK_LEGEND}"`)
  if (panel.type !== 'timeseries' || width >= WIDE_ENOUGH || !isOfBooks) return panel
  const { legend, ...options } = panel.options as { legend: object }
  return { ...panel, options: { ...options, legend: { ...legend, showLegend: false } } }
}

/** Sorted keys; without the menu that the SDK moves links and annotations to, where nobody would see them. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => inner !== undefined && !(key === 'placement' && inner === 'inControlsMenu'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, plain(inner)]),
  )
}
