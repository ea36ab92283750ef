import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge'
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'
import type { PolicyCategory } from '../policy/catalogue.js'
import { COLOURS } from './colours.js'
import { adaptersOf, BOOK_LEGEND, limitUse, metricOf, named } from './queries.js'
import type { ShownMetric } from './shown-metrics.js'
import { type State, toMapping } from './states.js'
import { type GrafanaUnit, unitOf } from './units.js'

export type PanelBuilder = Builder<Panel> & { span(width: number): unknown; height(height: number): unknown }

/** What a person reads of a panel. */
export interface Words {
  readonly title: string
  /** What it shows and, where it can turn bad, what to do then. */
  readonly description: string
}

/** A query and the name of its lines. */
export interface Line {
  readonly expr: string
  readonly legend: string
}

export interface Steps {
  readonly unit: GrafanaUnit
  /** From which value on which colour. Below the first one, and of a badge without a value: that of what is unknown. */
  readonly steps?: readonly { readonly from: number; readonly colour: string }[]
}

/** The explanation of a metric, with what its reader is to do when it looks bad. */
export function told(metric: ShownMetric, whenBad: string): string {
  const window = metric.windows === 'level' ? 'At this moment, whatever the window.' : 'In the chosen window.'
  return `${metric.summary} ${window}\n\nFormula: ${metric.formula}\n\nWhen it looks bad: ${whenBad}`
}

const STALE = ' (stale)'

/** So that a chart in which all is 0 does not reach to 10 000 %. */
const LEAST_TOP: Partial<Record<GrafanaUnit, number>> = { percentunit: 0.001, ops: 0.1, short: 1 }

/** A metric of every chosen book over time; what is stale is another line, grey and dashed. */
export function bookChart(metric: ShownMetric, words: Words, ...limits: readonly Line[]): timeseries.PanelBuilder {
  return chart(
    words,
    unitOf(metric),
    { expr: named(metricOf(metric, 'freshness="fresh"')), legend: BOOK_LEGEND },
    { expr: named(metricOf(metric, 'freshness="stale"')), legend: `${BOOK_LEGEND}${STALE}` },
    ...limits,
  )
}

/** A metric of every chosen book, for each adapter apart. */
export function adapterOf(metric: ShownMetric, words: Words): timeseries.PanelBuilder {
  return chart(words, unitOf(metric), {
    expr: named(adaptersOf(metric)),
    legend: '{{adapter}}: {{strategy}} · {{account}}',
  })
}

/** Lines over time. Those called "limit …" are drawn as limits, those that end in "(stale)" as such. */
export function chart(words: Words, unit: GrafanaUnit, ...lines: readonly Line[]): timeseries.PanelBuilder {
  const panel = new timeseries.PanelBuilder()
    .title(words.title)
    .description(words.description)
    .unit(unit)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(false)
    // By order, not by name: two names of a hundred have one colour, and the order of books is the same in every chart.
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
  const least = LEAST_TOP[unit]
  if (least !== undefined) panel.axisSoftMax(least)
  for (const { expr, legend } of lines) panel.withTarget(over(expr, legend))
  if (lines.some(({ legend }) => legend.startsWith('limit')))
    panel.overrideByRegexp('/^limit/', dashed(COLOURS.bad, [10, 6]))
  if (lines.some(({ legend }) => legend.endsWith(STALE)))
    panel.overrideByRegexp('/\\(stale\\)$/', dashed(COLOURS.unknown, [2, 4]))
  return panel
}

function dashed(fixedColor: string, dash: readonly number[]): DynamicConfigValue[] {
  return [
    { id: 'color', value: { mode: 'fixed', fixedColor } },
    { id: 'custom.lineStyle', value: { fill: 'dash', dash } },
  ]
}

/** Parts that add up, as bars upon each other. */
export function stacked(words: Words, unit: GrafanaUnit, ...lines: readonly Line[]): timeseries.PanelBuilder {
  return chart(words, unit, ...lines)
    .drawStyle(common.GraphDrawStyle.Bars)
    .axisSoftMin(0)
    .fillOpacity(70)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'))
}

/** A word or a number that says at a glance whether to worry. */
export function badge(words: Words, { unit, steps }: Steps, states: readonly State[], ...lines: readonly Line[]) {
  const panel = new stat.PanelBuilder()
    .title(words.title)
    .description(words.description)
    .unit(unit)
    .mappings(states.map(toMapping))
    .noValue('UNKNOWN')
    .thresholds(thresholds(COLOURS.unknown, steps ?? []))
    .colorMode(common.BigValueColorMode.BackgroundSolid)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(
      lines.some(({ legend }) => legend !== '') ? common.BigValueTextMode.ValueAndName : common.BigValueTextMode.Value,
    )
    .reduceOptions(newest())
  for (const { expr, legend } of lines) panel.withTarget(now(expr, legend))
  return panel
}

/** Bars of what is worst now. */
export function bars(words: Words, { unit, steps }: Steps, ...lines: readonly Line[]): bargauge.PanelBuilder {
  const panel = new bargauge.PanelBuilder()
    .title(words.title)
    .description(words.description)
    .unit(unit)
    .min(0)
    .noValue('no data')
    .thresholds(thresholds(COLOURS.plain, steps ?? []))
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .reduceOptions(newest())
  for (const { expr, legend } of lines) panel.withTarget(now(expr, legend))
  return panel
}

/** How much of their limits the books use, the fullest first. */
export function limitBars(...categories: readonly PolicyCategory[]): bargauge.PanelBuilder {
  return bars(
    {
      title: 'Limits used, the fullest four',
      description:
        'The last value that was judged, as a share of its limit; the limits come from the policy in force. Over 100 % a frame breaches: an alert follows when as many in a row do as the policy asks for. Limits that are off, and those that want a minimum, are not shown.',
    },
    {
      unit: 'percentunit',
      steps: [
        { from: 0.8, colour: COLOURS.attention },
        { from: 1, colour: COLOURS.bad },
      ],
    },
    { expr: `topk(4, ${named(limitUse(...categories))})`, legend: '{{policy}} · {{strategy}} · {{account}}' },
  )
    .max(1)
    .namePlacement(common.BarGaugeNamePlacement.Top)
}

/** What was in which state when. */
export function states(words: Words, of: readonly State[], ...lines: readonly Line[]): statetimeline.PanelBuilder {
  const panel = new statetimeline.PanelBuilder()
    .title(words.title)
    .description(words.description)
    .unit('none')
    .mappings(of.map(toMapping))
    .noValue('nothing in this time')
    .thresholds(thresholds(COLOURS.unknown, []))
    .mergeValues(true)
    .showValue(common.VisibilityMode.Auto)
    .legend(new common.VizLegendOptionsBuilder().showLegend(false).displayMode(common.LegendDisplayMode.List))
  for (const { expr, legend } of lines) panel.withTarget(over(expr, legend))
  return panel
}

/** How a histogram's observations spread, over time. */
export function distribution(words: Words, unit: GrafanaUnit, buckets: string): heatmap.PanelBuilder {
  return new heatmap.PanelBuilder()
    .title(words.title)
    .description(words.description)
    .calculate(false)
    .color(new heatmap.HeatmapColorOptionsBuilder().scheme('Cividis').mode(heatmap.HeatmapColorMode.Scheme).steps(64))
    .yAxis(new heatmap.YAxisConfigBuilder().unit(unit))
    .unit('short')
    .withTarget(
      new DataqueryBuilder()
        .expr(`sum by (le) (increase(${buckets}[$__rate_interval]))`)
        .legendFormat('{{le}}')
        .format(PromQueryFormat.Heatmap)
        .range(),
    )
}

export function thresholds(base: string, steps: readonly { from: number; colour: string }[]): ThresholdsConfigBuilder {
  // Null is how Grafana writes "from minus infinity"; the type knows undefined only.
  const all: Threshold[] = [
    { color: base, value: null },
    ...steps.map(({ from, colour }) => ({ color: colour, value: from })),
  ]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all)
}

function over(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).range()
}

function now(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend === '' ? '__auto' : legend)
    .instant()
}

function newest(): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('')
}
