import * as common from '@grafana/grafana-foundation-sdk/common'
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import * as table from '@grafana/grafana-foundation-sdk/table'
import { COLOURS } from './colours.js'
import { refIdOf } from './finish.js'
import { thresholds, type Words } from './panels.js'
import { type State, toMapping } from './states.js'
import type { GrafanaUnit } from './units.js'

/** A column with a value for each row. */
export interface Column {
  readonly header: string
  readonly expr: string
  readonly unit: GrafanaUnit
  readonly decimals?: number
  /** Shows words on their colours instead of numbers. */
  readonly states?: readonly State[]
  readonly width?: number
}

export interface Label {
  readonly label: string
  readonly header: string
  readonly links?: readonly { readonly title: string; readonly url: string }[]
  readonly width?: number
  /** Needed by links only. */
  readonly isHidden?: true
}

/** A row for each set of labels that the columns' queries share. */
export function rowsBy(words: Words, labels: readonly Label[], columns: readonly Column[]): table.PanelBuilder {
  const panel = new table.PanelBuilder()
    .title(words.title)
    .description(words.description)
    .unit('none')
    .noValue('–')
    .thresholds(thresholds(COLOURS.plain, []))
    .cellHeight(common.TableCellHeight.Sm)
    .showHeader(true)
  for (const { expr } of columns)
    panel.withTarget(new DataqueryBuilder().expr(expr).format(PromQueryFormat.Table).instant())
  panel.withTransformation({ id: 'merge', options: {} })
  panel.withTransformation({ id: 'organize', options: organized(labels, columns) })
  for (const { header, links = [], width, isHidden } of labels)
    panel.overrideByName(header, [
      ...(links.length > 0 ? [{ id: 'links', value: links }] : []),
      ...widthOf(width),
      ...(isHidden ? HIDDEN : []),
    ])
  for (const column of columns) panel.overrideByName(column.header, shownAs(column))
  return panel
}

/** Releases of Grafana differ in how a column is hidden. */
const HIDDEN: DynamicConfigValue[] = [
  { id: 'custom.hidden', value: true },
  { id: 'custom.hideFrom', value: { legend: true, tooltip: true, viz: true } },
]

/** Labels first, then columns, by the names that people read. */
function organized(labels: readonly Label[], columns: readonly Column[]) {
  const names = [
    ...labels.map(({ label, header }) => [label, header] as const),
    ...columns.map(({ header }, index) => [valueName(index, columns.length), header] as const),
  ]
  return {
    excludeByName: Object.fromEntries(['Time', 'cluster', 'namespace', 'job'].map((name) => [name, true])),
    renameByName: Object.fromEntries(names.filter(([name, header]) => name !== header)),
    indexByName: Object.fromEntries(names.map(([name], index) => [name, index])),
  }
}

/** Grafana calls the values of a single query without its letter. */
function valueName(index: number, count: number): string {
  return count === 1 ? 'Value' : `Value #${refIdOf(index)}`
}

function shownAs({ unit, decimals, states, width }: Column): DynamicConfigValue[] {
  return [
    { id: 'unit', value: unit },
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(states === undefined
      ? []
      : [
          { id: 'mappings', value: states.map(toMapping) },
          { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
        ]),
    ...widthOf(width),
  ]
}

function widthOf(width: number | undefined): DynamicConfigValue[] {
  return width === undefined ? [] : [{ id: 'custom.width', value: width }]
}
