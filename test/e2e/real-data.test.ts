import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT, pipeToCli, runCli } from '../support/process.js'
import { expectExplained, type Statistic, tableOf } from '../support/published-statistics.js'
import {
  BOT_AT,
  type BotHistory,
  botCases,
  botFacts,
  botHistory,
  type PlainCase,
  SATOSHI,
  SHARE_AT,
  type ShareHistory,
  shareCases,
  shareFacts,
  shareHistory,
} from '../support/real-data.js'
import { describeReferences } from '../support/reference-cases.js'

type Values = Readonly<Record<string, number | null>>
interface BookValues {
  readonly values: Values
  /** How many trades won and lost: meta of win_rate. */
  readonly wins: { readonly wins?: number; readonly losses?: number } | undefined
}
interface Body {
  readonly strategy_id: string
  readonly metrics: readonly {
    readonly metric_name: string
    readonly value: number | null
    readonly meta: BookValues['wins']
  }[]
}

const page = () => readFileSync(join(PROJECT_ROOT, 'docs/real-data.md'), 'utf8')

async function calculated(cases: readonly PlainCase[]): Promise<Values[]> {
  const { code, out, err } = await pipeToCli(JSON.stringify(cases), ['calc', '--input', '-', '--raw'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const answers = JSON.parse(out) as Record<string, { value: number | null }>[]
  return answers.map((answer) => Object.fromEntries(Object.entries(answer).map(([name, { value }]) => [name, value])))
}

async function replayed(facts: readonly object[], at: string): Promise<Map<string, BookValues>> {
  const folder = mkdtempSync(join(tmpdir(), 'quant-real-data-'))
  try {
    const file = join(folder, 'facts.ndjson')
    writeFileSync(file, facts.map((fact) => `${JSON.stringify(fact)}\n`).join(''))
    const { code, out, err } = await runCli(['replay', file, '--at', at, '--window', '20d'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const bodies = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    return new Map(
      bodies.map(({ strategy_id, metrics }: Body) => [
        strategy_id,
        {
          values: Object.fromEntries(metrics.map(({ metric_name, value }) => [metric_name, value])),
          wins: metrics.find(({ metric_name }) => metric_name === 'win_rate')?.meta,
        },
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function numberIn(values: Values | undefined, name: string): number {
  return values?.[name] ?? Number.NaN
}

describeReferences('a trading bot’s backtest: 179 trades of ten pairs', () => {
  let history: BotHistory
  let statistics: readonly Statistic[]
  let pairs: readonly (readonly [string, Values])[]
  beforeAll(async () => {
    history = botHistory()
    const cases = botCases(history)
    const [gross, net, closes, days, growth, ...ofPairs] = await calculated([
      ...[cases.gross, cases.net, cases.closes, cases.days, cases.growth],
      ...cases.pairs.map(([, one]) => one),
    ])
    pairs = cases.pairs.map(([symbol], index) => [symbol, ofPairs[index] ?? {}] as const)
    const books = await replayed(botFacts(history), BOT_AT)
    const [ofGross, ofNet] = [books.get('gross'), books.get('net')]
    const wins = (book: BookValues | undefined, kind: 'wins' | 'losses') => Number(book?.wins?.[kind])
    const peer = peerRatios(history)
    const total = pairs.reduce((sum, [, values]) => sum + numberIn(values, 'realized_pnl'), 0)
    statistics = [
      {
        name: 'trades',
        ...published(history, 'total_trades'),
        calc: numberIn(gross, 'trade_count'),
        replay: numberIn(ofGross?.values, 'trade_count'),
      },
      {
        name: 'profit before fees, satoshi',
        ...published(history, 'profit_total_abs', SATOSHI),
        calc: total,
        replay: numberIn(ofGross?.values, 'realized_pnl'),
        replayTolerance: 0.001,
        note: 'facts have quantities of nine decimals, the bot had fifteen',
      },
      {
        name: 'return on the starting balance',
        ...published(history, 'profit_total'),
        calc: numberIn(closes, 'cumulative_return'),
        replay: numberIn(ofGross?.values, 'cumulative_return'),
        replayTolerance: 5e-7,
      },
      {
        name: 'final balance, satoshi',
        ...published(history, 'final_balance', SATOSHI),
        replay: numberIn(ofGross?.values, 'equity'),
        tolerance: 1e-6,
      },
      {
        name: 'growth a year (19 of 365 days)',
        ...published(history, 'cagr'),
        calc: numberIn(growth, 'annualized_return'),
      },
      {
        name: 'profit factor before fees',
        ...published(history, 'profit_factor'),
        calc: numberIn(gross, 'profit_factor'),
        replay: numberIn(ofGross?.values, 'profit_factor'),
        tolerance: 1e-11,
        replayTolerance: 5e-7,
      },
      {
        name: 'expectancy before fees, satoshi',
        ...published(history, 'expectancy', SATOSHI),
        calc: numberIn(gross, 'expectancy_per_trade'),
        replay: numberIn(ofGross?.values, 'expectancy_per_trade'),
        replayTolerance: 2e-6,
      },
      {
        name: 'winning trades before fees',
        ...published(history, 'wins on TOTAL pair row'),
        calc: numberIn(gross, 'win_rate') * numberIn(gross, 'trade_count'),
        tolerance: 1e-9,
        replay: wins(ofGross, 'wins'),
      },
      {
        name: 'winning trades after fees',
        ...published(history, 'wins'),
        calc: numberIn(net, 'win_rate') * numberIn(net, 'trade_count'),
        tolerance: 1e-9,
        replay: wins(ofNet, 'wins'),
        note: 'a result is rounded to 8 decimals, of a BTC here, before it is classified: in doubles 11 of the 122 that break even would win, and 111 lose',
      },
      { name: 'losing trades after fees', ...published(history, 'losses'), replay: wins(ofNet, 'losses') },
      {
        name: 'break-even trades after fees',
        ...published(history, 'draws'),
        replay: numberIn(ofNet?.values, 'trade_count') - wins(ofNet, 'wins') - wins(ofNet, 'losses'),
      },
      {
        name: 'max drawdown at closes',
        ...published(history, 'max_drawdown_account'),
        calc: numberIn(closes, 'max_drawdown'),
        replay: numberIn(ofGross?.values, 'max_drawdown'),
        replayTolerance: 5e-7,
        note: 'trades that close at one instant count together; one by one it would be 0.019656',
      },
      {
        name: 'mean holding time, minutes',
        ...published(history, 'holding_avg_minutes'),
        calc: numberIn(gross, 'avg_holding_minutes'),
        replay: numberIn(ofGross?.values, 'avg_holding_minutes'),
        tolerance: 0.5,
        note: 'published in whole minutes',
      },
      {
        name: 'volume, BTC',
        ...published(history, 'total_volume'),
        replay: numberIn(ofNet?.values, 'traded_notional'),
        theirs: history.trades.reduce((sum, { qty, entry_price }) => sum + qty * entry_price, 0),
        note: 'theirs is what was bought; ours is what was bought and sold',
      },
      {
        name: 'Sharpe ratio',
        ...published(history, 'sharpe'),
        calc: numberIn(days, 'sharpe_annualized'),
        replay: numberIn(ofGross?.values, 'sharpe_annualized'),
        theirs: peer.sharpe,
        note: 'theirs divides the mean profit of a day by the deviation of trades, and takes √365; ours has one kind of period in both, days in `calc`, in `replay` the hours after a close',
      },
      {
        name: 'Sortino ratio',
        ...published(history, 'sortino'),
        calc: numberIn(days, 'sortino_annualized'),
        replay: numberIn(ofGross?.values, 'sortino_annualized'),
        theirs: peer.sortino,
        note: 'theirs divides by the deviation of the losing trades around their own mean; ours by what all returns fall short of the target',
      },
      {
        name: 'Calmar ratio',
        ...published(history, 'calmar'),
        calc: numberIn(days, 'calmar'),
        replay: numberIn(ofGross?.values, 'calmar'),
        theirs: peer.calmar,
        note: 'theirs is the mean profit of a day in percent over the drawdown, times √365; ours is growth a year over the drawdown',
      },
    ]
  })

  test('gives what was published, or differs as the page says', () => {
    for (const statistic of statistics) expectExplained(statistic)
  })

  test('stands in docs/real-data.md', () => {
    expect(page()).toContain(tableOf(statistics))
  })

  test('has the traps that the page names', async () => {
    const results = history.trades.map(({ qty, entry_price, exit_price, fee_open, fee_close }) => {
      return qty * (exit_price - entry_price) - qty * (entry_price * fee_open + exit_price * fee_close)
    })
    const inDoubles = [results.filter((result) => result > 0).length, results.filter((result) => result < 0).length]
    expect(inDoubles).toEqual([48 + 11, 9 + 111])

    let balance = history.starting_balance
    const byClose = history.trades.toSorted((a, b) => Date.parse(a.close) - Date.parse(b.close))
    const oneByOne = byClose.map(({ qty, entry_price, exit_price }) => {
      balance += qty * (exit_price - entry_price)
      return balance
    })
    const [values] = await calculated([{ input: { equity: [history.starting_balance, ...oneByOne] } }])
    expect(numberIn(values, 'max_drawdown')).toBeCloseTo(0.019656, 6)
  })

  test('gives the profit, trades and wins of each pair, by fills through the ledger', () => {
    expect(pairs).toHaveLength(10)
    for (const [symbol, values] of pairs) {
      const profit = published(history, `${symbol} profit_total_abs`, SATOSHI)
      expect(Math.abs(numberIn(values, 'realized_pnl') - profit.published)).toBeLessThan(profit.tolerance)
      expect(numberIn(values, 'trade_count')).toBe(published(history, `${symbol} trades`).published)
      const wins = numberIn(values, 'win_rate') * numberIn(values, 'trade_count')
      expect(wins).toBeCloseTo(published(history, `${symbol} wins`).published, 9)
    }
  })
})

describeReferences('a share bought and held for six years', () => {
  let statistics: readonly Statistic[]
  beforeAll(async () => {
    const history = shareHistory()
    const cases = shareCases(history)
    const names = Object.keys(cases)
    const answers = await calculated(Object.values(cases))
    const of = (name: keyof typeof cases, metric: string) => numberIn(answers[names.indexOf(name)], metric)
    const books = await replayed(shareFacts(history), SHARE_AT)
    statistics = [
      {
        name: 'Sharpe ratio, 4 % a year free of risk',
        ...published(history, 'Sharpe annualised rf 4%'),
        calc: of('ours', 'sharpe_annualized'),
        theirs: of('withFirstBar', 'sharpe_annualized'),
        note: 'theirs counts a return of 0 for the first bar and takes 0.04 / 252 for a day; ours has no return before the second bar, and the rate compounds',
      },
      {
        name: '… with both as they do it',
        ...published(history, 'Sharpe annualised rf 4%'),
        calc: of('withFirstBar', 'sharpe_annualized'),
      },
      {
        name: '… not annualised',
        ...published(history, 'Sharpe per period rf 4%'),
        calc: of('perPeriod', 'sharpe_annualized'),
        note: '`periods_per_year` 1',
      },
      {
        name: '… with a commission of 0.5 each way',
        ...published(history, 'Sharpe annualised rf 4% with 0.5 commission each way'),
        calc: of('withCommission', 'sharpe_annualized'),
      },
      { name: 'max drawdown', ...published(history, 'Max drawdown'), calc: of('ours', 'max_drawdown') },
      {
        name: 'longest drawdown, days',
        ...published(history, 'Longest drawdown (days)'),
        calc: of('onEveryDay', 'drawdown_duration_minutes') / 1440,
        theirs: daysToLastBelow(history),
        note: 'theirs ends with the last close below the peak, ours with the first that reaches it again',
      },
      {
        name: 'profit of one share, USD',
        ...published(history, 'Profit on 1 share'),
        calc: of('traded', 'realized_pnl'),
        replay: numberIn(books.get('hold')?.values, 'realized_pnl'),
        note: 'bought six years before the window: the ledger is carried through the whole history',
      },
    ]
  })

  test('gives what was published, or differs as the page says', () => {
    for (const statistic of statistics) expectExplained(statistic)
  })

  test('stands in docs/real-data.md', () => {
    expect(page()).toContain(tableOf(statistics))
  })
})

function published({ published: all }: Pick<BotHistory, 'published'>, name: string, scale = 1) {
  const found = all.find((one) => one.name === name)
  if (found === undefined) throw new Error(`nobody published ${name}`)
  return { published: found.published * scale, tolerance: found.tolerance * scale }
}

/** The bot's own formulas for what differs from ours. */
function peerRatios(history: BotHistory) {
  const { trades, starting_balance, days } = history
  const returns = trades.map(({ peer_profit_abs }) => peer_profit_abs / starting_balance)
  const losses = returns.filter((value) => value < 0)
  const daily = returns.reduce((sum, value) => sum + value, 0) / days
  const drawdown = published(history, 'max_drawdown_account').published
  const year = Math.sqrt(365)
  return {
    sharpe: (daily / populationDeviation(returns)) * year,
    sortino: (daily / populationDeviation(losses)) * year,
    calmar: ((daily * 100) / drawdown) * year,
  }
}

function populationDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

/** Days from a peak to the last close below it, the most there are. */
function daysToLastBelow({ equity, dates }: ShareHistory): number {
  let [peak, peakAt, longest] = [Number.NEGATIVE_INFINITY, 0, 0]
  for (const [index, value] of equity.entries()) {
    const at = Date.parse(dates[index] ?? '')
    if (value >= peak) [peak, peakAt] = [value, at]
    else longest = Math.max(longest, at - peakAt)
  }
  return Math.round(longest / 86_400_000)
}
