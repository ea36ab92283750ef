import {
  AnnotationQueryBuilder,
  CustomVariableBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { WINDOWS } from '../domain/window.js'
import { DASHBOARDS, type DashboardName } from '../rules/links.js'
import { by } from '../rules/promql.js'
import { COLOURS } from './colours.js'
import { own } from './queries.js'

/** What all panels and queries name as their source. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' }

export const TITLES: Readonly<Record<DashboardName, string>> = {
  scoreboard: 'Quant / Strategy scoreboard',
  execution: 'Quant / Execution quality',
  risk: 'Quant / Exposure and risk',
  pipeline: 'Quant / Data and pipeline health',
}

/** The same on all four, in the same order: what is chosen on one is kept on the way to the next. */
export function variables() {
  return [
    new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    several('job', 'Job', 'label_values(quant_exporter_build_info, job)'),
    several('instance', 'Instance', 'label_values(quant_exporter_build_info{job=~"$job"}, instance)'),
    // The name is shown, the id is what series carry.
    several(
      'strategy_id',
      'Strategy',
      `query_result(max by (strategy, strategy_id) (${own('quant_strategy_info')}))`,
    ).regex('/strategy="(?<text>[^"]*)".*strategy_id="(?<value>[^"]*)"/'),
    several(
      'account',
      'Account',
      `label_values(${own('quant_strategy_info', 'strategy_id=~"$strategy_id"')}, account)`,
    ),
    new CustomVariableBuilder('window')
      .label('Window')
      .values(WINDOWS.join(','))
      .current({ text: '1d', value: '1d', selected: true })
      .options(WINDOWS.map((window) => ({ text: window, value: window, selected: window === '1d' }))),
  ]
}

function several(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'], selected: true })
}

/** To the other three, with the time and all that is chosen. */
export function links(from: DashboardName) {
  return Object.entries(DASHBOARDS)
    .filter(([name]) => name !== from)
    .map(([name, uid]) =>
      new DashboardLinkBuilder((TITLES[name as DashboardName].split(' / ')[1] ?? uid).toString())
        .type(DashboardLinkType.Link)
        .url(`/d/${uid}`)
        .icon('dashboard')
        .includeVars(true)
        .keepTime(true),
    )
}

/** A link from a table's row to the book on another dashboard. */
export function toBook(name: DashboardName): { title: string; url: string } {
  const kept = ['datasource', 'job', 'instance', 'window'].map((variable) => `\${${variable}:queryparam}`)
  const book = ['strategy_id', 'account'].map((label) => `var-${label}=\${__data.fields.${label}}`)
  return {
    title: `${TITLES[name].split(' / ')[1]} of this book`,
    url: `/d/${DASHBOARDS[name]}?${[...book, ...kept, '$__url_time_range'].join('&')}`,
  }
}

const FIRING = 'ALERTS{alertstate="firing", team="quant", severity=~"critical|warning"}'

/** What happened, across all panels. */
export function annotations() {
  return [
    // Its beginning only: shaded for as long as it fires it would hide what it is about.
    annotation('Alerts begin', `${FIRING} unless ${FIRING} offset 30s`, COLOURS.bad)
      .titleFormat('{{alertname}}')
      .textFormat('{{severity}} {{strategy_id}} {{account}} {{calendar}}'),
    annotation(
      'Session opens and closes',
      `changes(max ${by('calendar')} (${own('quant_market_session_open')})[2m:30s]) > 0`,
      COLOURS.closed,
    ).titleFormat('{{calendar}} opens or closes'),
    annotation('Deploys', `changes(${own('process_start_time_seconds')}[2m]) > 0`, COLOURS.plain).titleFormat(
      '{{instance}} started',
    ),
    annotation(
      'Formula versions',
      `${own('quant_formula_info')} unless on (metric, formula_version) ${own('quant_formula_info')} offset 5m and on (metric) ${own('quant_formula_info')} offset 5m`,
      COLOURS.attention,
    ).titleFormat('{{metric}} is now {{formula_version}}'),
  ]
}

function annotation(name: string, expr: string, colour: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(colour)
    .expr(expr)
    .step('30s')
}
