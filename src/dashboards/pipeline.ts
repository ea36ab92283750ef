import type { Tier } from '../domain/metric.js'
import { COLOURS } from './colours.js'
import type { Row } from './finish.js'
import { bars, bookChart, chart, type Line, limitBars, told } from './panels.js'
import { facts, outlets, sources } from './pipeline-ends.js'
import { ageAtScrape, ageOf, limitOf, ofBooks, own, policiesOf, quantileOf, rateOf } from './queries.js'
import type { ShownMetrics } from './shown-metrics.js'
import { breachesBadge, exporterBadge, sessionBadge, sourcesBadge, staleBadge } from './verdict.js'

export const PIPELINE_DESCRIPTION =
  'Whether the numbers on the other dashboards can be relied on, and which hop is late when not.'

const POLICIES = policiesOf('data')

/** As they are unless configured otherwise; no gauge tells. */
const TICK_SECONDS: Readonly<Record<Tier, number>> = { light: 1, medium: 5, heavy: 30 }

/** Dashboard D: are data or lags invalidating decisions? */
export function pipeline(metrics: ShownMetrics): readonly Row[] {
  return [verdict(), hops(), feeds(metrics), ticks(), sources(), facts(), outlets()]
}

function verdict(): Row {
  return {
    title: 'Should I worry?',
    height: 6,
    panels: [
      [5, sessionBadge()],
      [3, exporterBadge()],
      [4, sourcesBadge()],
      [3, staleBadge()],
      [3, breachesBadge('Data limits', POLICIES)],
      [6, limitBars('data')],
    ],
  }
}

/** From the row that is written to what Prometheus has. */
function hops(): Row {
  const frameAge = ageAtScrape(own('quant_frames_oldest_timestamp_seconds'))
  const asOf = ofBooks('quant_metric_group_as_of_timestamp_seconds', 'window="$window"')
  const late = [
    { from: 5, colour: COLOURS.attention },
    { from: 15, colour: COLOURS.bad },
  ]
  return {
    title: 'How late is each hop?',
    height: 8,
    panels: [
      [
        8,
        bars(
          {
            title: 'Source → fact → frame → scrape',
            description:
              'Where time goes: from a row written to the frame that shows it (p95 of five minutes, by source), from the newest complete read to now (pipeline lag), and the age of the oldest frame when it was scraped. The longest bar is the hop to look at: source first, then ticks.',
          },
          { unit: 's', steps: late },
          {
            expr: `histogram_quantile(0.95, sum by (le, source) (rate(${own('quant_ingest_delay_seconds_bucket')}[5m])))`,
            legend: 'row → frame p95, {{source}}',
          },
          { expr: `max(${ofBooks('quant_metrics_pipeline_lag_seconds')})`, legend: 'pipeline lag, worst book' },
          { expr: `max by (calendar) (${frameAge})`, legend: 'frame → scrape, {{calendar}}' },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Pipeline lag, worst book',
            description:
              'How far the machinery is behind: now less the time up to which every required source is known complete. Over its limit for a frame the alert QuantPipelineLagHigh fires in session. See sources and ticks below for the one that is late.',
          },
          's',
          { expr: `max by (account) (${ofBooks('quant_metrics_pipeline_lag_seconds')})`, legend: '{{account}}' },
          { expr: limitOf('max_pipeline_lag_seconds'), legend: 'limit' },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'End-to-end staleness, by group of metrics',
            description:
              'Age of the oldest source that a group of metrics rests on, worst book, by the clock of the data. Grows while a source is silent, and from close to open, when it is meant to. See which group grows first and what it rests on in docs/metrics.md.',
          },
          's',
          { expr: `max by (metric_group) (${ageOf(asOf)})`, legend: '{{metric_group}}' },
        ),
      ],
    ],
  }
}

function feeds(metrics: ShownMetrics): Row {
  const of = (name: string, title: string, whenBad: string, ...limits: readonly Line[]) => {
    const metric = metrics.get(name)
    const shown = metric.windows === 'level' ? title : `${title}, $window`
    return bookChart(metric, { title: shown, description: told(metric, whenBad) }, ...limits)
  }
  return {
    title: 'Feeds',
    height: 8,
    panels: [
      [
        6,
        of(
          'ta_freshness_seconds',
          'Freshness of technical analysis',
          'the feed of bars and signals has stopped for all symbols of the book: look at its job first.',
          { expr: limitOf('max_ta_freshness_seconds'), legend: 'limit' },
        ),
      ],
      [
        6,
        of(
          'context_freshness_seconds',
          'Freshness of market context',
          'decisions are made on old context: look at whatever collects it.',
          { expr: limitOf('max_context_freshness_seconds'), legend: 'limit' },
        ),
      ],
      [
        6,
        of(
          'missing_price_rate',
          'Missing prices',
          'some symbols have no bars: a feed that lost part of its subscription.',
        ),
      ],
      [
        6,
        of(
          'missing_signal_rate',
          'Missing signals',
          'some symbols have no signals although they may have bars: the analysis, not the feed.',
        ),
      ],
    ],
  }
}

function ticks(): Row {
  const duration = own('quant_tick_duration_seconds_bucket')
  return {
    title: 'Ticks',
    height: 8,
    panels: [
      [
        8,
        chart(
          {
            title: 'Tick duration against its period, p95',
            description:
              'How much of its period a tick takes: at 100 % it overruns and the next one is late. Near 100 %: fewer books a shard, or a faster machine; see CPU below.',
          },
          'percentunit',
          ...Object.entries(TICK_SECONDS).map(([tier, seconds]) => ({
            expr: `${quantileOf(0.95, own('quant_tick_duration_seconds_bucket', `tier="${tier}"`))} / ${seconds}`,
            legend: `${tier} (${seconds} s)`,
          })),
          { expr: 'vector(1)', legend: 'limit: the period' },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Tick duration, p50',
            description:
              'How long an ordinary tick takes, by tier. A slow rise is growth in books or history; a jump is a machine that became busy.',
          },
          's',
          { expr: quantileOf(0.5, duration, 'tier'), legend: '{{tier}}' },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Dropped frames and overruns',
            description:
              'Frames a second that were not made, by reason, and ticks that took longer than their period. Anything but 0 that lasts: the exporter does not keep up; alert QuantComputeSlow tells after five minutes.',
          },
          'ops',
          { expr: `sum by (reason) (${rateOf(own('quant_frames_dropped_total'))})`, legend: 'dropped: {{reason}}' },
          { expr: `sum by (tier) (${rateOf(own('quant_tick_overruns_total'))})`, legend: 'overrun: {{tier}}' },
        ),
      ],
    ],
  }
}
