import { METRIC_GROUPS, type MetricGroup } from '../domain/metric.js'
import { COLOURS } from './colours.js'
import type { Row } from './finish.js'
import { bookChart, told } from './panels.js'
import { limitOf, metricOf, ofBooks, perBook } from './queries.js'
import type { ShownMetrics } from './shown-metrics.js'
import { FRESHNESS } from './states.js'
import { type Column, type Label, rowsBy } from './tables.js'
import { unitOf } from './units.js'
import { toBook } from './variables.js'
import { breachesBadge, exporterBadge, firingBadge, sessionBadge, sourcesBadge, staleBadge } from './verdict.js'

export const SCOREBOARD_DESCRIPTION =
  'Is the trading making money, and is there anything to worry about? First row: whether. Second row: about what.'

/** Dashboard A: is it making money after costs, and should I worry? */
export function scoreboard(metrics: ShownMetrics): readonly Row[] {
  return [verdict(), lookAt(metrics), books(metrics), results(metrics), quality(metrics)]
}

function verdict(): Row {
  return {
    title: 'Should I worry?',
    height: 4,
    panels: [
      [5, sessionBadge()],
      [3, exporterBadge()],
      [4, sourcesBadge()],
      [3, staleBadge()],
      [3, breachesBadge('Limits breached', 'policy=~".+"')],
      [3, firingBadge('critical')],
      [3, firingBadge('warning')],
    ],
  }
}

function lookAt(metrics: ShownMetrics): Row {
  return {
    title: 'What to look at',
    height: 8,
    panels: [
      [12, firing()],
      [12, freshness(metrics)],
    ],
  }
}

/** The links of what identifies a book. */
const BOOK_LABELS: readonly Label[] = [
  { label: 'strategy', header: 'Strategy', width: 190, links: [toBook('execution'), toBook('risk')] },
  { label: 'account', header: 'account', width: 120 },
  { label: 'strategy_id', header: 'strategy_id', isHidden: true },
]

/** What one sees first is what is worst; alerts of books carry the name of their strategy. */
function firing() {
  const of = (severity: string) => `ALERTS{alertstate="firing", team="quant", severity="${severity}"}`
  const all = `(2 * ${of('critical')} or ${of('warning')})`
  const ofBook = `${all} * on (strategy_id, account) group_left (strategy) max by (strategy_id, account, strategy) (quant_strategy_info)`
  const ofNone = `${all} unless on (strategy_id, account) quant_strategy_info`
  return rowsBy(
    {
      title: 'Firing alerts',
      description:
        'Every alert that fires now, of all books whatever is chosen above. Empty: nothing fires. The links of an alert lead to its book; its runbook (docs/runbooks, one page an alert) says what it means and what to do.',
    },
    [
      { label: 'alertname', header: 'Alert', links: [toBook('risk'), toBook('execution')] },
      { label: 'strategy', header: 'Strategy', width: 180 },
      { label: 'account', header: 'account', width: 110 },
      { label: 'strategy_id', header: 'strategy_id', isHidden: true },
    ],
    [
      {
        header: 'Severity',
        expr: `sort_desc(max by (alertname, strategy_id, account, strategy, calendar, source) (${ofBook} or ${ofNone}))`,
        unit: 'none',
        states: [
          { value: 1, text: 'warning', colour: COLOURS.attention },
          { value: 2, text: 'CRITICAL', colour: COLOURS.bad },
        ],
        width: 90,
      },
    ],
  )
    .noValue('No alert fires')
    .overrideByRegexp('/^(calendar|source)$/', [{ id: 'custom.width', value: 80 }])
}

/** A badge for each group: 0 fresh, 1 stale, 2 nothing there. */
function freshnessOf(metrics: ShownMetrics, group: MetricGroup): string {
  const count = (freshness: string) =>
    `count by (cluster, namespace, strategy_id, account) (${ofBooks('', metrics.namesOf(group), `freshness="${freshness}"`, 'window=~"$window|"')})`
  const known = `max by (cluster, namespace, strategy_id, account) (${ofBooks('quant_strategy_info')})`
  return perBook(`clamp_max(${count('stale')}, 1) or 0 * ${count('fresh')} or 2 * ${known}`)
}

const GROUP_HEADERS: Readonly<Record<MetricGroup, string>> = {
  performance: 'Return',
  risk_adjusted: 'Risk-adj.',
  trades: 'Trades',
  execution: 'Execution',
  exposure: 'Exposure',
  pipeline: 'Pipeline',
}

function freshness(metrics: ShownMetrics) {
  return rowsBy(
    {
      title: 'Freshness of each group of metrics',
      description:
        'Whether what is shown of a book can be relied on. STALE: a source that the group rests on has been silent for longer than its limit; its values are the last ones known. No data: no metric of the group has a value in the chosen window, for instance because nothing was traded.',
    },
    BOOK_LABELS,
    METRIC_GROUPS.map((group) => ({
      header: GROUP_HEADERS[group],
      expr: freshnessOf(metrics, group),
      unit: 'none',
      states: FRESHNESS,
    })),
  )
}

function books(metrics: ShownMetrics): Row {
  const column = (name: string, header: string, decimals: number): Column => {
    const metric = metrics.get(name)
    return { header, expr: perBook(metricOf(metric)), unit: unitOf(metric), decimals }
  }
  const table = rowsBy(
    {
      title: 'All books, $window',
      description:
        'A row for each strategy in an account; values in the chosen window. Risk-adjusted figures need a window of 1h or longer. A missing value is not 0: it could not be computed. Click a strategy to open its execution or its risk. When limits are breached: open the risk of that book.',
    },
    BOOK_LABELS,
    [
      column('net_pnl', 'Net PnL', 2),
      column('cumulative_return', 'Return', 2),
      column('sharpe_annualized', 'Sharpe', 2),
      column('sortino_annualized', 'Sortino', 2),
      column('max_drawdown', 'Max drawdown', 2),
      column('profit_factor', 'Profit factor', 2),
      column('trade_count', 'Trades', 0),
      {
        header: 'Limits breached',
        expr: perBook(
          `sum by (cluster, namespace, strategy_id, account) (max by (cluster, namespace, strategy_id, account, policy) (${ofBooks('quant_policy_open')}))`,
        ),
        unit: 'none',
        states: [
          { value: 0, text: 'none', colour: COLOURS.good },
          ...[1, 2, 3, 4, 5, 6].map((value) => ({ value, text: String(value), colour: COLOURS.bad })),
        ],
      },
      {
        header: 'Data',
        expr: perBook(
          `clamp_max(count by (cluster, namespace, strategy_id, account) (${ofBooks('', '__name__=~"quant_.+"', 'freshness="stale"')}), 1) or 0 * max by (cluster, namespace, strategy_id, account) (${ofBooks('quant_strategy_info')})`,
        ),
        unit: 'none',
        states: FRESHNESS,
      },
    ],
  )
  return { title: 'Books', height: 8, panels: [[24, table]] }
}

function results(metrics: ShownMetrics): Row {
  const pnl = metrics.get('net_pnl')
  const equity = metrics.get('equity')
  const drawdown = metrics.get('max_drawdown')
  return {
    title: 'Results',
    height: 9,
    panels: [
      [
        8,
        bookChart(pnl, {
          title: 'Net PnL, $window',
          description: told(
            pnl,
            'compare costs and slippage on the dashboard of execution quality, and the positions on that of risk.',
          ),
        }),
      ],
      [
        8,
        bookChart(equity, {
          title: 'Equity',
          description: told(
            equity,
            'a step without a trade is a deposit, a withdrawal or a snapshot that disagrees: see the reconciliation gap.',
          ),
        }),
      ],
      [
        8,
        bookChart(
          drawdown,
          {
            title: 'Max drawdown, $window',
            description: told(
              drawdown,
              'over the limit of a day the policy max_drawdown_1d alerts; see the curve of the current drawdown on the dashboard of risk.',
            ),
          },
          { expr: limitOf('max_drawdown_1d'), legend: 'limit of 1d' },
        ),
      ],
    ],
  }
}

function quality(metrics: ShownMetrics): Row {
  const of = (name: string, title: string, whenBad: string, ...limits: Parameters<typeof bookChart>[2][]) => {
    const metric = metrics.get(name)
    return bookChart(metric, { title: `${title}, $window`, description: told(metric, whenBad) }, ...limits)
  }
  return {
    title: 'Quality of the results',
    height: 7,
    panels: [
      [
        12,
        of(
          'cumulative_return',
          'Return',
          'see whether one position or all of them lost: exposure on the dashboard of risk.',
        ),
      ],
      [
        12,
        of(
          'sharpe_annualized',
          'Sharpe',
          'under the limit of five days the policy min_sharpe_5d alerts. Windows of 1h and longer only.',
          { expr: limitOf('min_sharpe_5d'), legend: 'limit of 5d' },
        ),
      ],
      [
        12,
        of(
          'sortino_annualized',
          'Sortino',
          'compare with Sharpe: much lower means that the losses are the large moves. Windows of 1h and longer only.',
        ),
      ],
      [12, of('profit_factor', 'Profit factor', 'below 1 the closed trades of the window lost money before costs.')],
    ],
  }
}
