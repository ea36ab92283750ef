import { COLOURS } from './colours.js'
import type { Row } from './finish.js'
import { bookChart, chart, type Line, states, told } from './panels.js'
import { limitOf, named, ofAccounts, ofBooks } from './queries.js'
import type { ShownMetrics } from './shown-metrics.js'
import { unitOf } from './units.js'
import { limitsVerdict } from './verdict.js'

export const RISK_DESCRIPTION = 'What is held, how much of it can be lost, and which limits that touches.'

/** Dashboard C: is exposure inside policy? */
export function risk(metrics: ShownMetrics): readonly Row[] {
  return [
    limitsVerdict('Risk limits breached', 'strategy', 'risk_limit'),
    breaches(),
    drawdown(metrics),
    exposure(metrics),
    concentration(metrics),
    tail(metrics),
    accounts(metrics),
  ]
}

function breaches(): Row {
  const episode = [
    { value: 0, text: 'inside', colour: COLOURS.good },
    { value: 1, text: 'breached', colour: COLOURS.bad },
  ]
  const open = `max by (cluster, namespace, strategy_id, account, policy) (${ofBooks('quant_policy_open')})`
  // A book that never breached in the time shown would only fill the picture.
  const withBreach = `${named(open)} and on (strategy_id, account, policy) (max_over_time(max by (strategy_id, account, policy) (${ofBooks('quant_policy_open')})[$__range:30s] @ end()) == 1)`
  const judged = `max by (cluster, namespace, strategy_id, account, policy) (${ofBooks('quant_policy_breach_frames')})`
  return {
    title: 'Breaches',
    height: 8,
    panels: [
      [
        9,
        states(
          {
            title: 'Limits breached, since when',
            description:
              'Each limit of a book that was breached in the time shown, from the opening of the episode to its end. Empty: none was. When breached: the alert of the limit fires; its runbook says what to do.',
          },
          episode,
          { expr: withBreach, legend: '{{policy}} · {{strategy}} · {{account}}' },
        ),
      ],
      [
        7,
        chart(
          {
            title: 'Breaching frames in a row',
            description:
              'How many frames in a row broke a limit, for limits that have any: an episode opens when they reach the number that the policy asks for. A line that rises and falls back is a limit about to be breached.',
          },
          'short',
          { expr: `${named(judged)} > 0`, legend: '{{policy}} · {{strategy}}' },
        ),
      ],
      [
        8,
        states(
          {
            title: 'Alerts over time',
            description:
              'Alerts that were pending or firing, of all books. Empty: none was. When firing: the scoreboard lists them with links.',
          },
          [
            { value: 1, text: 'pending', colour: COLOURS.attention },
            { value: 2, text: 'firing', colour: COLOURS.bad },
          ],
          {
            expr: 'max by (alertname, strategy_id, account) (ALERTS{team="quant", severity=~"critical|warning", alertstate="firing"} * 2 or ALERTS{team="quant", severity=~"critical|warning", alertstate="pending"})',
            legend: '{{alertname}} {{account}}',
          },
        ),
      ],
    ],
  }
}

/** A chart of a metric of books, with its limits. */
function charted(metrics: ShownMetrics, name: string, title: string, whenBad: string, ...limits: readonly Line[]) {
  const metric = metrics.get(name)
  const inWindow = metric.windows === 'level' ? title : `${title}, $window`
  return bookChart(metric, { title: inWindow, description: told(metric, whenBad) }, ...limits)
}

function drawdown(metrics: ShownMetrics): Row {
  const limit = { expr: limitOf('max_drawdown_1d'), legend: 'limit of 1d' }
  return {
    title: 'Drawdown',
    height: 8,
    panels: [
      [
        12,
        charted(
          metrics,
          'current_drawdown',
          'Drawdown now',
          'near the limit: decide with the owner of the strategy whether to reduce. It recovers when equity reaches its peak again.',
          limit,
        ),
      ],
      [
        6,
        charted(
          metrics,
          'max_drawdown',
          'Max drawdown',
          'it stays until its day leaves the window, also when the drawdown of now has recovered.',
          limit,
        ),
      ],
      [
        6,
        charted(
          metrics,
          'drawdown_duration_minutes',
          'Drawdown duration',
          'long and shallow is a strategy that has stopped earning; see its PnL and trades.',
        ),
      ],
    ],
  }
}

function exposure(metrics: ShownMetrics): Row {
  const gross = { expr: limitOf('max_gross_exposure_usd'), legend: 'limit' }
  const leverage = { expr: limitOf('max_leverage'), legend: 'limit' }
  return {
    title: 'Exposure',
    height: 8,
    panels: [
      [
        8,
        charted(
          metrics,
          'gross_exposure',
          'Gross exposure',
          'over its limit: positions have to be reduced by whoever runs the strategy; this system never trades.',
          gross,
        ),
      ],
      [
        8,
        charted(
          metrics,
          'net_exposure',
          'Net exposure',
          'far from 0 in a strategy that is meant to be neutral: one side was filled and the other was not.',
        ),
      ],
      [
        8,
        charted(
          metrics,
          'leverage_gross_over_equity',
          'Leverage',
          'see whether exposure grew or equity fell.',
          leverage,
        ),
      ],
    ],
  }
}

function concentration(metrics: ShownMetrics): Row {
  const top = { expr: limitOf('max_concentration_top1'), legend: 'limit' }
  return {
    title: 'Concentration',
    height: 7,
    panels: [
      [
        6,
        charted(
          metrics,
          'position_concentration_top1_pct',
          'Largest position',
          'one symbol decides the result: check that it is meant to.',
          top,
        ),
      ],
      [
        6,
        charted(
          metrics,
          'position_concentration_top5_pct',
          'Five largest positions',
          'compare with the number of positions: five or fewer are always 100 %.',
        ),
      ],
      [6, charted(metrics, 'position_hhi', 'HHI of positions', 'close to 1 the book hangs on a single name.')],
      [
        6,
        charted(
          metrics,
          'open_positions',
          'Open positions',
          'a jump without a trade is an inventory that was corrected from a snapshot.',
        ),
      ],
    ],
  }
}

function tail(metrics: ShownMetrics): Row {
  const limit = { expr: limitOf('max_var_95'), legend: 'limit of 1d' }
  return {
    title: 'What can be lost (windows of 1h and longer)',
    height: 7,
    panels: [
      [
        6,
        charted(
          metrics,
          'var_95_historical',
          'VaR 95 %',
          'the loss that one return in twenty exceeded grew: see exposure and volatility.',
          limit,
        ),
      ],
      [
        6,
        charted(
          metrics,
          'cvar_95_historical',
          'CVaR 95 %',
          'far above VaR: the worst losses are much worse than the usual bad ones.',
        ),
      ],
      [
        6,
        charted(
          metrics,
          'volatility_annualized',
          'Volatility',
          'compare with leverage: larger positions or a wilder market?',
        ),
      ],
      [
        6,
        charted(
          metrics,
          'beta_vs_benchmark',
          'Beta',
          'the book moves with the market more than it is meant to. Needs a benchmark.',
        ),
      ],
    ],
  }
}

function accounts(metrics: ShownMetrics): Row {
  const account = (name: string, title: string, whenBad: string) => {
    const metric = metrics.get(name)
    const shown = metric.windows === 'level' ? title : `${title}, $window`
    return chart({ title: shown, description: told(metric, whenBad) }, unitOf(metric), {
      expr: ofAccounts(metric),
      legend: '{{account}}',
    })
  }
  return {
    title: 'Accounts',
    height: 7,
    panels: [
      [
        8,
        account(
          'account_equity',
          'Equity of accounts',
          'a step that no book explains is a deposit, a withdrawal or a trade by hand.',
        ),
      ],
      [
        8,
        account(
          'account_gross_exposure',
          'Gross exposure of accounts',
          'more than its books hold: positions of nobody.',
        ),
      ],
      [
        8,
        account(
          'account_max_drawdown',
          'Max drawdown of accounts',
          'drawdowns of books cannot be added up: this is what the account lost from its peak.',
        ),
      ],
    ],
  }
}
