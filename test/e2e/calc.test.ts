import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Finished, PROJECT_ROOT, pipeToCli, runCli } from '../support/process.js'
import { describeReferences, expectValue, referenceCases, referenceFile } from '../support/reference-cases.js'

/** Runs the built program with something on its standard input. */
function calcOf(input: unknown, ...args: string[]): Promise<Finished> {
  return pipeToCli(typeof input === 'string' ? input : JSON.stringify(input), ['calc', '--input', '-', ...args])
}

const FILLS = [
  { side: 'buy', qty: 10, price: 100, commission: 1, ts_minutes: 0 },
  { side: 'sell', qty: 4, price: 103, ts_minutes: 60 },
  { side: 'sell', qty: 6, price: 101.5, ts_minutes: 90 },
]

describe('calc', () => {
  test('gives of one case the one metric that it names', async () => {
    const { code, out, err } = await calcOf({ metric: 'max_drawdown', input: { equity: [100, 120, 90, 130] } })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out)).toEqual({ max_drawdown: { status: 'ok', value: 0.25, unit: 'ratio' } })
  })

  test('gives without a metric what the input has what it takes for, and says why where there is no value', async () => {
    const { out } = await calcOf([{ input: { fills: FILLS } }, { input: { exposures: [60, -40] } }])
    const [ofFills, ofExposures] = JSON.parse(out)
    expect(ofFills).toMatchObject({
      realized_pnl: { value: 21, unit: 'USD' },
      net_pnl: { value: 20 },
      trade_count: { value: 1 },
      avg_holding_minutes: { value: 78, unit: 'minutes' },
      profit_factor: { status: 'insufficient_data', value: null, reason: 'no_losses' },
    })
    expect(ofFills.max_drawdown).toBeUndefined()
    expect(Object.keys(ofExposures)).toEqual([
      'gross_exposure',
      'net_exposure',
      'position_concentration_top1_pct',
      'position_concentration_top5_pct',
      'position_hhi',
    ])
  })

  test('rounds as frames are, and not with --raw', async () => {
    const input = { input: { returns: [0.1, -0.1, 0.05] }, params: { min_observations: 1 } }
    const asked = ['--metrics', 'cumulative_return']
    expect(JSON.parse((await calcOf(input, ...asked)).out).cumulative_return.value).toBe(0.0395)
    const raw = JSON.parse((await calcOf(input, ...asked, '--raw')).out).cumulative_return.value
    expect(Math.abs(raw - (1.1 * 0.9 * 1.05 - 1))).toBeLessThan(1e-15)
  })

  test('wants as many returns as the engine does, unless a case says otherwise', async () => {
    const one = { metric: 'volatility_annualized', input: { returns: [0.01, 0.02, 0.04] }, periods_per_year: 252 }
    const { out } = await calcOf([one, { ...one, params: { min_observations: 3 } }])
    const statuses = JSON.parse(out).map((answer: { volatility_annualized: { status: string } }) => {
      return answer.volatility_annualized.status
    })
    expect(statuses).toEqual(['insufficient_data', 'ok'])
  })

  test('tells every mistake with its case, its field and what would be right', async () => {
    const { code, out, err } = await calcOf([
      { input: { returns: [0.01, 'x'] }, periods_per_yaer: 252 },
      { input: { fills: [{ side: 'hold', qty: -1, price: 3 }] } },
      { metric: 'max_drawdown', input: { equity: [1, 2], flows: [1, 2] } },
    ])
    expect({ code, answers: JSON.parse(out) }).toEqual({ code: 1, answers: [null, null, null] })
    expect(err.split('\n')).toEqual([
      'quant-exporter: standard input cannot be worked with as it is:',
      '  - case 0: input.returns[1] must be a number; it is "x"',
      '  - case 0: periods_per_yaer is not known; did you mean periods_per_year?',
      '  - case 1: input.fills[0].side must be buy or sell; it is "hold"',
      '  - case 1: input.fills[0].qty must be more than 0; it is -1',
      '  - case 2: input.flows has 2 values where equity has 2; give one less than equities, flows[k] for equity[k + 1], 0 where nothing came in',
      '',
    ])
  })

  test.each([
    [[], 'calc needs one of --input, --equity, --returns and --trades'],
    [['--input', '-', '--mar', '0'], '--mar is for CSV files; in JSON a case says it in periods_per_year or params'],
    [['--input', '-', '--metrics', 'drawdown'], '--metrics: calc has no drawdown; did you mean'],
  ])('is used wrongly with %j', async (args, message) => {
    const { code, err } = await pipeToCli('{"input":{"returns":[]}}', ['calc', ...args])
    expect(code).toBe(2)
    expect(err).toContain(message)
  })

  test('says which file it cannot read', async () => {
    const { code, err } = await runCli(['calc', '--input', 'nowhere.json'])
    expect(code).toBe(1)
    expect(err).toMatch(/^quant-exporter: cannot read nowhere\.json \(/)
  })
})

describe('calc of CSV files', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'quant-calc-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function ofCsv(kind: string, lines: readonly string[], ...args: string[]) {
    const file = join(folder, `${kind}.csv`)
    writeFileSync(file, lines.join('\r\n'))
    return runCli(['calc', `--${kind}`, file, ...args])
  }

  test('prints a table of an equity, deposits taken out', async () => {
    const lines = ['\uFEFFdate,equity,flow', '2026-01-01,100,', '2026-01-02,160,50', '2026-01-03,120,0', '']
    const { out } = await ofCsv('equity', lines, '--step-minutes', '1440', '--min-observations', '2')
    expect(out).toBe(
      [
        'cumulative_return          -0.175  ratio',
        'max_drawdown                 0.25  ratio',
        'drawdown_duration_minutes    1440  minutes',
        'current_drawdown             0.25  ratio',
        'var_95_historical          0.2325  ratio',
        'cvar_95_historical           0.25  ratio',
        '',
      ].join('\n'),
    )
  })

  test('takes returns without a header, with a gap', async () => {
    const { out } = await ofCsv('returns', ['0.1', '', '-0.1'], '--metrics', 'cumulative_return')
    expect(out).toBe('cumulative_return  -0.01  ratio\n')
  })

  test('takes trades with times, and other separators', async () => {
    const lines = [
      'pnl;entry_at;exit_at',
      '3;2026-01-05T15:00:00Z;2026-01-05T16:00:00Z',
      '-2;2026-01-05T10:00:00-05:00;2026-01-05T18:00:00Z',
    ]
    const { out } = await ofCsv('trades', lines, '--metrics', 'avg_holding_minutes,profit_factor')
    expect(out).toBe('profit_factor        1.5  ratio\navg_holding_minutes  120  minutes\n')
  })

  test('tells every mistake with its line and column', async () => {
    const { code, err } = await ofCsv('trades', ['pnl,entry_at', 'x,noon', '1,2,3'])
    expect(code).toBe(1)
    expect(err.split('\n').slice(1, -1)).toEqual([
      "  - line 2: pnl is 'x'; write a plain number, such as -0.015",
      "  - line 2: entry_at is 'noon'; write a time with a zone, such as 2026-11-20T15:30:00Z",
      '  - line 3: 3 cells where there are 2 columns',
      "  - line 3: entry_at is '2'; write a time with a zone, such as 2026-11-20T15:30:00Z",
    ])
    const unknown = await ofCsv('equity', ['equtiy,fees', '1,2'])
    expect(unknown.err).toContain("there is no column 'equtiy'; did you mean equity?")
  })
})

describeReferences('calc of files of reference cases', () => {
  test.each(['returns', 'positions', 'trades', 'execution'])('%s.json', async (file) => {
    const { code, out, err } = await runCli(['calc', '--input', referenceFile(file), '--raw'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const answers = JSON.parse(out)
    for (const [index, one] of referenceCases(file).entries()) expectValue(answers[index][one.metric].value, one)
  })
})

test('the example of the README gives what it says', async () => {
  const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8')
  const [, command = '', expected = ''] =
    /^echo '(.*)' \| npx quant-exporter calc --input -\n((?:# .*\n)+)/m.exec(readme) ?? []
  const { out } = await calcOf(command)
  expect(JSON.stringify(JSON.parse(out))).toBe(JSON.stringify(JSON.parse(expected.replaceAll(/^# /gm, ''))))
})
