import type { PolicyCategory } from '../policy/catalogue.js'
import { COLOURS } from './colours.js'
import type { Row } from './finish.js'
import { badge, limitBars } from './panels.js'
import { ofBooks, own, policiesOf } from './queries.js'
import { toMapping, UP_OR_DOWN } from './states.js'

/** Whether each market is open, and for how long it stays so. */
export function sessionBadge() {
  const untilChange = `max by (calendar) (${own('quant_market_session_next_change_timestamp_seconds')}) - scalar(max(${own('quant_clock_timestamp_seconds')}))`
  const isOpen = (value: 0 | 1) => `max by (calendar) (${own('quant_market_session_open')}) == ${value}`
  return badge(
    {
      title: 'Market session',
      description:
        'Open or closed, and how long until that changes, by the clock of the data. While a market is closed its data rests: alerts about freshness are silent then, limits are not. A market around the clock has no countdown.',
    },
    { unit: 'dthms', steps: [{ from: 0, colour: COLOURS.plain }] },
    [],
    { expr: `(${untilChange}) and on (calendar) (${isOpen(1)})`, legend: '{{calendar}} OPEN, closes in' },
    { expr: `(${untilChange}) and on (calendar) (${isOpen(0)})`, legend: '{{calendar}} CLOSED, opens in' },
    { expr: `(${isOpen(1)}) unless on (calendar) (${untilChange})`, legend: '{{calendar}} OPEN, never closes' },
  )
    .overrideByRegexp('/never closes/', [
      { id: 'mappings', value: [toMapping({ value: 1, text: 'always', colour: COLOURS.plain })] },
    ])
    .overrideByRegexp('/CLOSED/', [{ id: 'color', value: { mode: 'fixed', fixedColor: COLOURS.closed } }])
}

/** The exporter: all of its shards, some, or none. */
export function exporterBadge() {
  const ready = `count(max by (cluster, namespace, job, shard) (${own('quant_exporter_ready')}) == 1) or vector(0)`
  const wanted = `sum(max by (cluster, namespace, job) (${own('quant_shards')})) or vector(1)`
  return badge(
    {
      title: 'Exporter',
      description:
        'Shards that are scraped and have read their history, of those that there should be. When not UP: nothing is known of the missing books; see alert QuantExporterDown or QuantNotReady, and the log of the exporter.',
    },
    {
      unit: 'percentunit',
      steps: [
        { from: 0, colour: COLOURS.bad },
        { from: 0.01, colour: COLOURS.attention },
        { from: 1, colour: COLOURS.good },
      ],
    },
    UP_OR_DOWN,
    { expr: `(${ready}) / (${wanted})`, legend: '' },
  )
}

export function sourcesBadge() {
  return badge(
    {
      title: 'Sources',
      description:
        'Whether each database answers. When DOWN: what is shown stands still since its last answer and is marked stale; see the row of sources on the dashboard of pipeline health.',
    },
    { unit: 'none', steps: [{ from: 0, colour: COLOURS.bad }] },
    UP_OR_DOWN,
    { expr: `min by (source) (max by (source, shard) (${own('quant_source_up')}))`, legend: '{{source}}' },
  )
}

export function staleBadge() {
  const stale = ofBooks('', '__name__=~"quant_.+"', 'freshness="stale"')
  return badge(
    {
      title: 'Stale books',
      description:
        'Books of which at least one value rests on a source that has not told anything for longer than its limit. When not 0: do not trust those values; the table of freshness says which group of metrics it is.',
    },
    {
      unit: 'none',
      steps: [
        { from: 0, colour: COLOURS.good },
        { from: 1, colour: COLOURS.attention },
      ],
    },
    [{ value: 0, text: 'ALL FRESH', colour: COLOURS.good }],
    {
      expr: `count(count by (strategy_id, account) (${stale})) or 0 * count(count by (strategy_id, account) (${ofBooks('quant_strategy_info')}))`,
      legend: '',
    },
  )
}

/** Firing alerts of a severity. Nothing fires where nobody evaluates rules either: the watchdog tells which it is. */
export function firingBadge(severity: 'critical' | 'warning') {
  const firing = `count(ALERTS{alertstate="firing", team="quant", severity="${severity}"})`
  return badge(
    {
      title: severity === 'critical' ? 'Critical alerts' : 'Warnings',
      description: `Alerts of severity ${severity} that fire now. UNKNOWN: neither an alert nor the watchdog fires, so the rules are not loaded or the exporter is gone. When not 0: the list below names them.`,
    },
    {
      unit: 'none',
      steps: [
        { from: 0, colour: COLOURS.good },
        { from: 1, colour: severity === 'critical' ? COLOURS.bad : COLOURS.attention },
      ],
    },
    [{ value: 0, text: 'NONE', colour: COLOURS.good }],
    { expr: `${firing} or 0 * count(ALERTS{alertname="QuantWatchdog", alertstate="firing"})`, legend: '' },
  )
}

/** The first row of a dashboard about limits: are any breached, can all be checked, is what they rest on fresh? */
export function limitsVerdict(breached: string, ...categories: readonly PolicyCategory[]): Row {
  const policies = policiesOf(...categories)
  return {
    title: 'Should I worry?',
    height: 6,
    panels: [
      [5, sessionBadge()],
      [4, breachesBadge(breached, policies)],
      [4, blindBadge('Limits not checkable', policies)],
      [3, staleBadge()],
      [8, limitBars(...categories)],
    ],
  }
}

/** Limits that are breached now, as the exporter judges. */
export function breachesBadge(title: string, matcher: string) {
  const open = ofBooks('quant_policy_open', matcher)
  return badge(
    {
      title,
      description:
        'Limits with an open episode among the chosen books, as the exporter counts frames: an alert fires for each. SHADOW: limits are judged and alerts are switched off. UNKNOWN: no limit is in force. When not 0: the bars beside show which, the timeline on the dashboard of risk since when.',
    },
    {
      unit: 'none',
      steps: [
        { from: 0, colour: COLOURS.good },
        { from: 1, colour: COLOURS.bad },
      ],
    },
    [
      { value: 0, text: 'NONE', colour: COLOURS.good },
      { value: -1, text: 'SHADOW', colour: COLOURS.plain },
    ],
    {
      expr: `sum(max by (strategy_id, account, policy) (${open})) or 0 * count(${ofBooks('quant_policy_threshold', matcher)}) - 1`,
      legend: '',
    },
  )
}

/** Limits that cannot be checked: a breach would not be seen. */
function blindBadge(title: string, matcher: string) {
  const blind = `max by (strategy_id, account, policy) (${ofBooks('quant_policy_evaluable', matcher)}) == 0`
  return badge(
    {
      title,
      description:
        'Limits whose metric is missing or stale: a breach would not be seen. When not 0: look at freshness first; alert QuantPolicyNotEvaluable follows after 15 minutes.',
    },
    {
      unit: 'none',
      steps: [
        { from: 0, colour: COLOURS.good },
        { from: 1, colour: COLOURS.unknown },
      ],
    },
    [{ value: 0, text: 'NONE', colour: COLOURS.good }],
    { expr: `count(${blind}) or 0 * count(${ofBooks('quant_policy_evaluable', matcher)})`, legend: '' },
  )
}
