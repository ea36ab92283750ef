import type { Row } from './finish.js'
import { adapterOf, bookChart, chart, distribution, type Line, stacked, told } from './panels.js'
import { BOOK_LEGEND, limitOf, metricOf, named, ofBooks } from './queries.js'
import type { ShownMetrics } from './shown-metrics.js'
import { limitsVerdict } from './verdict.js'

export const EXECUTION_DESCRIPTION =
  'What trading costs beyond the price that was meant: slippage, shortfall, orders that do not fill, and how long they take.'

/** Dashboard B: is execution quality degrading? */
export function execution(metrics: ShownMetrics): readonly Row[] {
  return [
    limitsVerdict('Execution limits breached', 'execution'),
    slippage(metrics),
    shortfall(metrics),
    orders(metrics),
    latency(metrics),
    adapters(metrics),
  ]
}

function slippage(metrics: ShownMetrics): Row {
  const metric = metrics.get('slippage_bps_vs_mid')
  return {
    title: 'Slippage',
    height: 9,
    panels: [
      [
        12,
        bookChart(
          metric,
          {
            title: 'Slippage against the mid, $window',
            description: told(
              metric,
              'see by adapter below whether it is one route, and in the heat map whether it is all orders or a few.',
            ),
          },
          { expr: limitOf('max_slippage_bps_15m'), legend: 'limit of 15m' },
        ),
      ],
      [
        12,
        distribution(
          {
            title: 'Slippage of orders',
            description:
              'How many orders ended with how much slippage, fills against the mid at submit; each order once, when it has ended, from the start of the exporter on. A band that moves up: all orders cost more. Single high cells: a few did. Then see the orders of the book in the trading system.',
          },
          'suffix: bps',
          ofBooks('quant_fill_slippage_bps_bucket'),
        ),
      ],
    ],
  }
}

function shortfall(metrics: ShownMetrics): Row {
  const metric = metrics.get('implementation_shortfall_bps')
  const component = ofBooks('quant_implementation_shortfall_component_bps', 'window="$window"')
  const parts = `avg by (component) (max by (cluster, namespace, strategy_id, account, component) (${component}))`
  return {
    title: 'Implementation shortfall',
    height: 9,
    panels: [
      [
        8,
        bookChart(metric, {
          title: 'Shortfall, $window',
          description: told(metric, 'the split beside tells where it arises.'),
        }),
      ],
      [
        8,
        stacked(
          {
            title: 'Where it arises, $window, mean of the books',
            description:
              'Shortfall split into delay (decision to submit), execution (submit to fill), opportunity (what was not filled) and costs; the mean over the chosen books, so choose one to see its own. A large delay: the decisions wait. A large opportunity: orders do not fill.',
          },
          'suffix: bps',
          { expr: parts, legend: '{{component}}' },
        ),
      ],
      [
        8,
        distribution(
          {
            title: 'Shortfall of orders',
            description:
              'How many orders ended with how much implementation shortfall; each order once, when it has ended, from the start of the exporter on. Look for single high cells: orders that missed the move they were for.',
          },
          'suffix: bps',
          ofBooks('quant_order_shortfall_bps_bucket'),
        ),
      ],
    ],
  }
}

function orders(metrics: ShownMetrics): Row {
  const rate = (name: string, title: string, whenBad: string, ...limits: readonly Line[]) => {
    const metric = metrics.get(name)
    return bookChart(metric, { title: `${title}, $window`, description: told(metric, whenBad) }, ...limits)
  }
  return {
    title: 'Orders',
    height: 8,
    panels: [
      [6, rate('fill_ratio', 'Fill ratio', 'see whether orders are rejected, cancelled, or priced too far away.')],
      [
        6,
        rate(
          'reject_rate',
          'Reject rate',
          'the broker refuses: look for its reasons in the trading system, buying power and halted symbols first.',
          { expr: limitOf('max_reject_rate_15m'), legend: 'limit of 15m' },
        ),
      ],
      [
        6,
        rate(
          'cancel_rate',
          'Cancel rate',
          'orders are given up before they fill: compare with the fill ratio and the latency to fill.',
        ),
      ],
      [
        6,
        rate(
          'route_fallback_rate',
          'Route fallback',
          'orders went another way than was meant: the first choice of route is unwell.',
          { expr: limitOf('max_route_fallback_15m'), legend: 'limit of 15m' },
        ),
      ],
    ],
  }
}

function latency(metrics: ShownMetrics): Row {
  const band = (stage: string, title: string, whenBad: string) => {
    const [half, most] = ['p50', 'p95'].map((quantile) => metrics.get(`${stage}_latency_ms_${quantile}`))
    if (half === undefined || most === undefined) throw new Error(`a latency band has two edges: ${stage}`)
    return chart(
      { title: `${title}, $window`, description: told(most, whenBad) },
      's',
      { expr: named(metricOf(half)), legend: `${BOOK_LEGEND} p50` },
      { expr: named(metricOf(most)), legend: `${BOOK_LEGEND} p95` },
    ).overrideByRegexp('/p50$/', [{ id: 'custom.lineWidth', value: 1 }])
  }
  return {
    title: 'Latency (thin p50, thick p95)',
    height: 8,
    panels: [
      [
        12,
        band(
          'decision_to_submit',
          'Decision to submit',
          'the trading system is slow to act on its decisions: its queue, its reviews.',
        ),
      ],
      [
        12,
        band(
          'submit_to_fill',
          'Submit to fill',
          'the market or the route is slow: compare adapters, and the spread of what is traded.',
        ),
      ],
    ],
  }
}

function adapters(metrics: ShownMetrics): Row {
  const split = (name: string, title: string) => {
    const metric = metrics.get(name)
    return adapterOf(metric, {
      title: `${title} by adapter, $window`,
      description: told(
        metric,
        'a line that leaves the others is a route that is unwell: compare before blaming the strategy. An adapter is shown once it has orders.',
      ),
    })
  }
  return {
    title: 'By adapter',
    height: 8,
    panels: [
      [6, split('slippage_bps_vs_mid', 'Slippage')],
      [6, split('reject_rate', 'Reject rate')],
      [6, split('fill_ratio', 'Fill ratio')],
      [6, split('submit_to_fill_latency_ms_p95', 'Submit to fill p95')],
    ],
  }
}
