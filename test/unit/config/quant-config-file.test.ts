import { readFileSync } from 'node:fs'
import { benchmarkOf, calendarOf, moneyDecimalsOf } from '../../../src/config/book-settings.js'
import { EMPTY_QUANT_CONFIG, parseQuantConfig, type QuantConfigFile } from '../../../src/config/quant-config-file.js'
import { canonicalSymbol } from '../../../src/domain/book.js'
import { METRIC_GROUPS } from '../../../src/domain/metric.js'
import { DEFAULT_RETURN_RULES } from '../../../src/domain/return-rules.js'

function parse(text: string): QuantConfigFile {
  const problems: string[] = []
  const file = parseQuantConfig(text, problems)
  expect(problems).toEqual([])
  return file
}

function problemsOf(text: string): string[] {
  const problems: string[] = []
  parseQuantConfig(text, problems)
  return problems
}

describe('a QUANT_CONFIG file', () => {
  test('gives strategies, instruments, announced days and decimals their meaning', () => {
    const file = parse(`
money_decimals: 3
strategies:
  one: { calendar: 24x7, money_decimals: 0 }
  two: {}
instruments:
  es: { multiplier: 50, lot_size: 1, currency: USD }
  BTC/USD: { lot_size: "0.00000001" }
calendars:
  XNYS:
    closed: [2026-07-15]
    early_closes: [{ date: 2026-07-16, closes_at: 13:00 }]
`)
    expect(file.moneyDecimals).toBe(3)
    expect([...file.strategies]).toEqual([
      ['one', { calendar: '24x7', moneyDecimals: 0 }],
      ['two', { calendar: undefined, moneyDecimals: undefined }],
    ])
    expect(file.instruments).toEqual([
      {
        fact: 'instrument',
        at: 0,
        symbol: 'ES',
        multiplier: 50_000_000_000n,
        lotSize: 1_000_000_000n,
        currency: 'USD',
      },
      { fact: 'instrument', at: 0, symbol: 'BTCUSD', lotSize: 10n },
    ])
    expect(file.xnysExceptions).toEqual({
      exceptionalClosures: ['2026-07-15'],
      exceptionalEarlyCloses: [{ date: '2026-07-16', closesAt: '13:00' }],
    })
  })

  test('may be empty or hold comments only', () => {
    for (const text of ['', '\n', '# nothing yet\n', '---\n'])
      expect(parse(text)).toEqual({
        ...EMPTY_QUANT_CONFIG,
        text,
        xnysExceptions: { exceptionalClosures: [], exceptionalEarlyCloses: [] },
      })
  })

  test('has names as they are written, whatever YAML would make of them', () => {
    const file = parse('strategies: { 1e5: {}, TRUE: {}, 007: {}, null: {} }')
    expect([...file.strategies.keys()].sort()).toEqual(['007', '1e5', 'TRUE', 'null'])
  })

  test('decides the decimals of money: the strategy, else the file, else the calendar', () => {
    const file = parse('{ money_decimals: 4, strategies: { one: { money_decimals: 0, calendar: 24x7 } } }')
    expect(moneyDecimalsOf(file, 'one', '24x7')).toBe(0)
    expect(moneyDecimalsOf(file, 'two', '24x7')).toBe(4)
    expect(moneyDecimalsOf(EMPTY_QUANT_CONFIG, 'one', '24x7')).toBe(6)
    expect(moneyDecimalsOf(EMPTY_QUANT_CONFIG, 'one', 'XNYS')).toBe(2)
    expect(calendarOf(file, 'one')).toBe('24x7')
    expect(calendarOf(file, 'two')).toBeUndefined()
  })

  test('that is the example is accepted', () => {
    const { instruments, strategies, costSchedule } = parse(
      readFileSync(new URL('../../../examples/quant-config.yaml', import.meta.url), 'utf8'),
    )
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['ES', 'BTCUSD'])
    expect([...strategies.values()]).toEqual([
      {
        calendar: '24x7',
        moneyDecimals: 6,
        capitalShare: 250_000_000n,
        benchmark: 'BTCUSD',
        exported: {
          windows: ['15m', '1h', '1d', '5d', '20d'],
          groups: METRIC_GROUPS.filter((group) => group !== 'trades'),
        },
      },
    ])
    expect(costSchedule.map(({ name }) => name)).toEqual(['SEC fee', 'TAF', 'commission'])
  })
})

describe('a QUANT_CONFIG file that is wrong', () => {
  test('says the line and column of what is no YAML', () => {
    expect(problemsOf('money_decimals: 2\nstrategies: a: b\n')).toEqual([
      'line 2, column 13: Nested mappings are not allowed in compact mappings',
    ])
    expect(problemsOf('money_decimals: 2\nmoney_decimals: 3\n')).toEqual(['line 2, column 1: Map keys must be unique'])
    expect(problemsOf('strategies:\n\tone: {}\n')).toContain('line 2, column 1: Tabs are not allowed as indentation')
    expect(problemsOf('money_decimals: 2\n---\nmoney_decimals: 3\n')).toEqual([
      'line 2, column 1: a second document begins here; keep one',
    ])
    expect(problemsOf('money_decimals: !number 2\n')).toEqual(['line 1, column 17: Unresolved tag: !number'])
    expect(problemsOf('strategies: { one: *defaults }\n')).toEqual([
      'Unresolved alias (the anchor must be set before the alias): defaults',
    ])
  })

  test('takes an alias for each of a thousand strategies, and none that unfold without end', () => {
    const strategies = Array.from({ length: 1_000 }, (_, index) => `  s${index}: { windows: *some }\n`)
    expect(problemsOf(`strategies:\n  first: { windows: &some [1d] }\n${strategies.join('')}`)).toEqual([])
    const bomb = ['strategies: { one: { windows: &a0 [1d] } }', 'accounts:']
    for (let level = 1; level <= 9; level += 1)
      bomb.push(`  l${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`)
    expect(problemsOf(bomb.join('\n'))).toContain('its aliases unfold more than 10000 times')
  })

  test('says where a key is unknown and which are near', () => {
    expect(problemsOf('strategy: {}')).toEqual(['strategy is not a known key; did you mean strategies?'])
    expect(problemsOf('strategies: { one: { calender: 24x7 } }')).toEqual([
      'strategies.one.calender is not a known key; did you mean calendar?',
    ])
    expect(problemsOf('instruments: { ES: { fee: 1 } }')).toEqual([
      'instruments.ES.fee is not a known key; known here: multiplier, lot_size, currency',
    ])
    expect(problemsOf('calendars: { 24x7: { closed: [] } }')).toEqual([
      'calendars.24x7 is not a known key; known here: XNYS',
    ])
    expect(problemsOf('calendars: { XNYS: { early_closes: [{ date: 2026-07-16, close_at: "13:00" }] } }')).toEqual([
      'calendars.XNYS.early_closes[0].closes_at is missing; it must be a time in New York, HH:MM',
      'calendars.XNYS.early_closes[0].close_at is not a known key; did you mean closes_at?',
    ])
  })

  test('does not take the keys of features that are not there', () => {
    expect(problemsOf('windows: [1d]')).toEqual([
      'windows is not a known key; known here: money_decimals, benchmark, risk_free_rate, minimum_acceptable_return, minimum_observations, strategies, accounts, policy, instruments, cost_schedule, calendars',
    ])
    expect(problemsOf('strategies: { one: { metrics: [reject_rate] } }')).toEqual([
      'strategies.one.metrics is not a known key; known here: calendar, money_decimals, capital_share, benchmark, windows, groups, policy, accounts',
    ])
  })

  test('says which windows and groups there are, and wants one at least and none twice', () => {
    expect(problemsOf('strategies: { one: { windows: [2d] } }')).toEqual([
      "strategies.one.windows[0] is '2d'; it must be one of 1m, 5m, 15m, 1h, 1d, 5d, 20d",
    ])
    const list = 'it must be a list of at least one of 1m, 5m, 15m, 1h, 1d, 5d, 20d, each once'
    expect(problemsOf('strategies: { one: { windows: [] } }')).toEqual([`strategies.one.windows is a list; ${list}`])
    expect(problemsOf('strategies: { one: { windows: 1d } }')).toEqual([`strategies.one.windows is '1d'; ${list}`])
    expect(problemsOf('strategies: { one: { windows: [1d, 1d] } }')).toEqual([
      `strategies.one.windows is a list; ${list}`,
    ])
    expect(problemsOf('strategies: { one: { groups: [risk] } }')).toEqual([
      "strategies.one.groups[0] is 'risk'; it must be one of performance, risk_adjusted, trades, execution, exposure, pipeline",
    ])
  })

  test.each(['0', '-0.5', '1.5', 'half', '.nan'])('does not take %s for a share of an equity', (share) => {
    expect(problemsOf(`strategies: { one: { capital_share: ${share} } }`)).toEqual([
      expect.stringContaining('strategies.one.capital_share'),
    ])
  })

  test('takes what figures of returns are made with', () => {
    const file = parseQuantConfig(
      'benchmark: spy\nrisk_free_rate: 0.04\nminimum_acceptable_return: 0.0001\nminimum_observations: 30\nstrategies: { one: { benchmark: BTC/USD } }',
      [],
    )
    expect(file.returnRules).toEqual({ riskFreeAnnual: 0.04, marPerPeriod: 0.0001, minimumObservations: 30 })
    expect(benchmarkOf(file, 'one', 'QQQ')).toBe(canonicalSymbol('BTC/USD'))
    expect(benchmarkOf(file, 'two', 'QQQ')).toBe('QQQ')
    expect(benchmarkOf(file, 'two', undefined)).toBe(canonicalSymbol('spy'))
    expect(parseQuantConfig('', []).returnRules).toEqual(DEFAULT_RETURN_RULES)
    expect(problemsOf('risk_free_rate: -1')).toEqual([
      'risk_free_rate is -1; it must be a number above -1 and at most 10',
    ])
    expect(problemsOf('minimum_observations: 0')).toEqual([
      'minimum_observations is 0; it must be a whole number from 1 to 1000',
    ])
  })

  test('says what a value is and what it must be', () => {
    expect(problemsOf('money_decimals: 9')).toEqual(['money_decimals is 9; it must be a whole number from 0 to 8'])
    expect(problemsOf('money_decimals: "2"')).toEqual(["money_decimals is '2'; it must be a whole number from 0 to 8"])
    expect(problemsOf('money_decimals: 2.5')).toEqual(['money_decimals is 2.5; it must be a whole number from 0 to 8'])
    expect(problemsOf('strategies:')).toEqual(['strategies is empty; it must be a map of strategies by strategy_id'])
    expect(problemsOf('strategies: [one]')).toEqual([
      'strategies is a list; it must be a map of strategies by strategy_id',
    ])
    expect(problemsOf('strategies: { one: 24x7 }')).toEqual(["strategies.one is '24x7'; it must be a map of keys"])
    expect(problemsOf('strategies: { one: { calendar: NYSE } }')).toEqual([
      "strategies.one.calendar is 'NYSE'; it must be one of XNYS, 24x7",
    ])
    expect(problemsOf('- 1')).toEqual(['the file is a list; it must be a map of keys'])
    expect(problemsOf('calendars: { XNYS: { closed: { a: 1 } } }')).toEqual([
      'calendars.XNYS.closed is a map; it must be a list of dates, YYYY-MM-DD',
    ])
    expect(problemsOf('calendars: { XNYS: { closed: [20260715] } }')).toEqual([
      'calendars.XNYS.closed[0] is 20260715; it must be a date, YYYY-MM-DD',
    ])
    expect(problemsOf('instruments: { "": { multiplier: 1 } }')).toEqual([
      'instruments. is no name; it must have 1 to 64 characters',
    ])
  })

  test('says so of a multiplier or lot size that is 0, negative, no number or finer than quantities are kept', () => {
    for (const value of ['0', '-1', '.inf', '0.0000000001', '1.0000000015', '"a lot"', 'true'])
      expect(problemsOf(`instruments: { ES: { lot_size: ${value} } }`)).toEqual([
        expect.stringMatching(/^instruments\.ES\.lot_size is .*; it must be a number above 0 with at most 9 decimals$/),
      ])
    for (const value of ['50', '0.1', '"0.000000001"', '1e-9', '"1e3"'])
      expect(problemsOf(`instruments: { ES: { multiplier: ${value} } }`)).toEqual([])
  })

  test('says so of a symbol that is given twice, with and without its slash', () => {
    expect(problemsOf('instruments: { BTC/USD: { multiplier: 1 }, btcusd: { multiplier: 2 } }')).toEqual([
      'instruments.btcusd: the symbol BTCUSD is given twice; keep one',
    ])
  })

  test('says so of announced days that contradict the calendar', () => {
    expect(
      problemsOf(
        'calendars: { XNYS: { closed: [2026-07-18], early_closes: [{ date: 2026-11-26, closes_at: "13:00" }] } }',
      ),
    ).toEqual([
      'calendars.XNYS: closure "2026-07-18" is a Saturday, when there is no session; check the date',
      'calendars.XNYS: early close "2026-11-26" is a holiday, there is no session to shorten',
    ])
  })

  test('tells all of its problems at once', () => {
    const problems = problemsOf(`
money_decimals: -1
strategis: {}
strategies: { one: { calendar: LSE, money_decimals: 12 } }
instruments: { ES: { currency: usd }, es: {} }
calendars: { XNYS: { closed: [2026-07-18] } }
`)
    expect(problems.sort()).toEqual([
      'calendars.XNYS: closure "2026-07-18" is a Saturday, when there is no session; check the date',
      "instruments.ES.currency is 'usd'; it must be three to five capital letters, such as USD",
      'instruments.es: the symbol ES is given twice; keep one',
      'money_decimals is -1; it must be a whole number from 0 to 8',
      "strategies.one.calendar is 'LSE'; it must be one of XNYS, 24x7",
      'strategies.one.money_decimals is 12; it must be a whole number from 0 to 8',
      'strategis is not a known key; did you mean strategies?',
    ])
  })
})
