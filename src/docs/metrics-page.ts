import { METRIC_GROUPS, type MetricDescription, UNIT_DECIMALS } from '../domain/metric.js'

const TIER_PERIODS = { light: '1 s', medium: '5 s', heavy: '30 s' }

/** docs/metrics.md: every metric of the dictionary, from the definitions themselves. */
export function renderMetricsPage(dictionary: readonly MetricDescription[]): string {
  const groups = METRIC_GROUPS.map((group) => ({
    group,
    metrics: dictionary.filter((definition) => definition.group === group),
  })).filter(({ metrics }) => metrics.length > 0)
  return [
    '# Metrics',
    '',
    '<!-- Generated from the metric dictionary by `npm run generate`; do not edit. -->',
    '',
    'Every metric belongs to a strategy in an account, and to a window: `1m 5m 15m 1h` are wall clock, `1d 5d 20d` are trading sessions. A *level* is the same in every window, and its gauge has no `window` label. The docstring of each definition in `src/compute/metrics` tells unit and sign, when it is undefined, which convention it follows, and its source.',
    '',
    `Rounding happens at output only: money to 2 decimals (6 in books that trade around the clock), ratios to ${UNIT_DECIMALS.ratio}, percent to ${UNIT_DECIMALS.percent}, bps to ${UNIT_DECIMALS.bps}. A metric without a value has no gauge; the JSON says \`insufficient_data\` and why.`,
    ...groups.flatMap(({ group, metrics }) => [
      '',
      `## ${group}`,
      '',
      '| metric | unit | windows | tier | gauge | version | what it is |',
      '|---|---|---|---|---|---|---|',
      ...metrics.map(row),
    ]),
    '',
  ].join('\n')
}

function row({ name, unit, windows, tier, prometheus, formulaVersion, summary, extended }: MetricDescription): string {
  const windowsText = typeof windows === 'string' ? windows : windows.join(' ')
  return `| \`${name}\`${extended === true ? ' (extended)' : ''} | ${unit} | ${windowsText} | ${TIER_PERIODS[tier]} | \`${prometheus}\` | ${formulaVersion} | ${summary} |`
}
