import {
  adapterGaugeOf,
  METRIC_GROUPS,
  type MetaGauge,
  type MetricDescription,
  UNIT_DECIMALS,
} from '../domain/metric.js'
import type { MetricDocstring } from './metric-docstring.js'

const TIER_PERIODS = { light: '1 s', medium: '5 s', heavy: '30 s' }

const FRESHNESS = [
  '## Freshness',
  '',
  'Freshness is knowledge, not activity: a quiet market makes nothing stale, a source that has not answered does. A metric is as old as the oldest source that it *rests on*, at the instant of its tier; it is `stale` when one of them is older than its limit plus the period of the tier, two ticks in a row. Ages of session-bound sources stand still from close to open.',
  '',
  '| source | known up to | limit | session-bound |',
  '|---|---|---|---|',
  '| orders | start of the last complete read of Postgres | `JANGAR_TORGHUT_QUANT_MAX_STALENESS_SECONDS` | no |',
  '| snapshots | newest snapshot of the account | 60 s, or 2.5 times the median of its last 20 gaps | yes |',
  '| prices | newest bar of the universe or of what is held; the oldest mark in use counts too | 120 s | yes |',
  '| bars, signals | newest event of any symbol of the universe or held | 120 s | yes |',
  '',
  'What a metric *needs* and an installation does not have makes it `source_unavailable`; meta names what is missing.',
]

const ACCOUNTS = [
  '## accounts',
  '',
  'What an account is worth and how far it has fallen cannot be added up from its books: each has its own peak, shares overlap, and some of what is held belongs to none. These are gauges only, with the label `account` and, but for levels, `window`. They are there as long as the account has a book with gauges. The windows `1d 5d 20d` count the sessions of XNYS where one of its books has that calendar.',
  '',
]

/** docs/metrics.md: every metric of the dictionaries, from the definitions themselves and their docstrings. */
export function renderMetricsPage(
  dictionary: readonly MetricDescription[],
  accountDictionary: readonly MetricDescription[],
  docstrings: ReadonlyMap<string, MetricDocstring>,
): string {
  const groups = METRIC_GROUPS.map((group) => ({
    group,
    metrics: dictionary.filter((definition) => definition.group === group),
  })).filter(({ metrics }) => metrics.length > 0)
  return [
    '# Metrics',
    '',
    '<!-- Generated from the metric dictionary by `npm run generate`; do not edit. -->',
    '',
    'Every metric belongs to a strategy in an account, and to a window: `1m 5m 15m 1h` are wall clock, `1d 5d 20d` are trading sessions. A *level* is the same in every window, and its gauge has no `window` label.',
    '',
    `Rounding happens at output only: money to 2 decimals (6 in books that trade around the clock), ratios to ${UNIT_DECIMALS.ratio}, percent to ${UNIT_DECIMALS.percent}, bps to ${UNIT_DECIMALS.bps}. A metric without a value has no gauge; the JSON says \`insufficient_data\` and why.`,
    '',
    ...FRESHNESS,
    ...groups.flatMap(({ group, metrics }) => [
      '',
      `## ${group}`,
      '',
      ...table(metrics),
      ...metrics.flatMap((metric) => section(metric, docstringOf(metric, docstrings), exampleOf(metric))),
    ]),
    '',
    ...ACCOUNTS,
    ...table(accountDictionary),
    ...accountDictionary.flatMap((metric) => section(metric, docstringOf(metric, docstrings), worstOf(metric))),
    '',
  ].join('\n')
}

function table(metrics: readonly MetricDescription[]): string[] {
  return ['| metric | unit | windows | tier | gauge | version |', '|---|---|---|---|---|---|', ...metrics.map(row)]
}

function docstringOf({ name }: MetricDescription, docstrings: ReadonlyMap<string, MetricDocstring>): MetricDocstring {
  const found = docstrings.get(name)
  if (found === undefined) throw new Error(`no source file defines ${name} in the usual way: docs cannot be made`)
  return found
}

function row(metric: MetricDescription): string {
  const { name, unit, prometheus, formulaVersion, extended } = metric
  const cells = [
    `[\`${name}\`](#${name})${extended === true ? ' (extended)' : ''}`,
    unit,
    windowsOf(metric),
    tierOf(metric),
    `\`${prometheus}\``,
    formulaVersion,
  ]
  return `| ${cells.join(' | ')} |`
}

function section(metric: MetricDescription, doc: MetricDocstring, example: string): string[] {
  const { name, instant, besides = [], needs = [], sources, byAdapter } = metric
  const others = [...(instant === undefined ? [] : [instant]), ...besides.map(named)]
  return [
    '',
    `### ${name}`,
    '',
    doc.headline,
    '',
    `- **Formula:** ${doc.formula}`,
    `- **Unit and sign:** ${doc.unit}`,
    `- **Undefined when:** ${doc.undefinedWhen}`,
    `- **Convention:** ${doc.convention}`,
    `- **Source:** ${doc.source}`,
    `- **Rests on:** ${sources.length === 0 ? 'nothing outside the exporter' : sources.join(', ')}${needs.length === 0 ? '' : `; needs ${needs.join(', ')}`}`,
    ...others.map(({ prometheus, summary }) => `- **Beside it:** \`${prometheus}\`: ${summary}`),
    ...(byAdapter === true
      ? [
          `- **By adapter:** \`${adapterGaugeOf(metric)}{adapter}\`, for adapters with an order in some window; the parts need not add up to the total.`,
        ]
      : []),
    `- **PromQL:** \`${example}\``,
  ]
}

/** A gauge with the label that it adds. */
function named({ prometheus, summary, label }: Pick<MetaGauge, 'prometheus' | 'summary' | 'label'>): {
  prometheus: string
  summary: string
} {
  return { prometheus: label === undefined ? prometheus : `${prometheus}{${label}}`, summary }
}

function windowsOf({ windows }: MetricDescription): string {
  return typeof windows === 'string' ? windows : windows.join(' ')
}

function tierOf({ readAt, tier }: MetricDescription): string {
  return readAt === undefined ? TIER_PERIODS[tier] : 'when read'
}

/** Money and counts add up over books; ratios do not, so that the worst book is what one looks at. */
function exampleOf(metric: MetricDescription): string {
  const isSum = metric.unit === 'USD' || metric.unit === 'count'
  return isSum ? `sum by (strategy_id) (${selected(metric)})` : worstOf(metric)
}

function worstOf(metric: MetricDescription): string {
  return `topk(5, ${selected(metric)})`
}

function selected({ prometheus, windows }: MetricDescription): string {
  return windows === 'level' ? prometheus : `${prometheus}{window="${windows === 'all' ? '1d' : windows.at(-1)}"}`
}
