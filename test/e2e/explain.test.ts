import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toFactLine } from '../../src/domain/fact-json.js'
import type { Fact } from '../../src/domain/facts.js'
import { bar, decision, filled, snapshot, strategy } from '../support/facts.js'
import { runCli } from '../support/process.js'

const AT = '2026-11-20T19:30:00Z'
const FACTS: readonly Fact[] = [
  strategy(),
  strategy({ strategy_id: 'two', name: 'two accounts', accounts: ['PA2', 'PA3'] }),
  decision({ at: '2026-11-20T14:59:58Z' }),
  snapshot('2026-11-20T14:45:00Z'),
  filled({ at: '2026-11-20T15:00:00Z', side: 'buy', qty: 10, price: 100, execution_id: 'bought' }),
  filled({ at: '2026-11-20T16:00:00Z', side: 'sell', qty: 4, price: 103, execution_id: 'sold' }),
  bar('AAA', '2026-11-20T19:29:40Z', 102),
]

describe('explain', () => {
  let folder: string
  let file: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'quant-explain-'))
    file = join(folder, 'facts.ndjson')
    writeFileSync(file, FACTS.map((fact) => `${toFactLine(fact)}\n`).join(''))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('prints a report with the formula, the fills that moved the number, and marks with their age', async () => {
    const asked = ['explain', '--facts', file, '--at', AT, '--strategy', 's1', '--metric', 'gross_pnl']
    const { code, out, err } = await runCli(asked)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^gross_pnl of s1 in PA1, 1d: 24 USD\n/)
    expect(out).toMatch(/formula +realized_pnl \+ \(unrealised at T/)
    expect(out).toMatch(/16:00:00\.000Z +AAA +sold +~remainder +sell +4 +103 +10 +100 +6 +12 /)
    expect(out).toMatch(/AAA +6 +102 +bar +2026-11-20T19:29:40\.000Z +20 +612 +600 +12 /)
    expect(out).toMatch(/inputs digest +[0-9a-f]{32}\n/)
  })

  test('prints with --json the number that replay prints, with its meta', async () => {
    const replayed = await runCli(['replay', file, '--at', AT, '--strategy', 's1', '--window', '5m'])
    const frame = JSON.parse(replayed.out)
    for (const metric of frame.metrics) {
      const name = metric.metric_name
      const asked = ['explain', file, '--at', AT, '--strategy', 's1', '--account', 'PA1', '--window', '5m', '--json']
      if (!['net_pnl', 'sharpe_annualized', 'missing_price_rate'].includes(name)) continue
      const { out, code } = await runCli([...asked, '--metric', name])
      expect({ name, code }).toEqual({ name, code: 0 })
      expect(JSON.parse(out)).toMatchObject({
        ...metric,
        inputs_digest: frame.inputs_digest,
        formula_set: frame.formula_set,
        reproduced: true,
        window_start: '2026-11-20T19:25:00.000Z',
      })
    }
  })

  test('says with --known-by how well that is known', async () => {
    const asked = ['explain', file, '--at', AT, '--strategy', 's1', '--metric', 'realized_pnl', '--json']
    const { out } = await runCli([...asked, '--known-by', '2026-11-20T15:30:00Z'])
    expect(JSON.parse(out)).toMatchObject({ known_by: 'approximate', value: 0, meta: { fill_count: 1 } })
  })

  const one = ['--at', AT, '--strategy', 's1']
  test.each([
    [['FILE', ...one], /explain needs --metric/],
    [['FILE', '--at', AT, '--metric', 'net_pnl'], /explain needs --strategy/],
    [['FILE', '--strategy', 's1', '--metric', 'net_pnl'], /explain needs --at TIME/],
    [[...one, '--metric', 'net_pnl'], /explain needs --facts FILE or --database/],
    [['FILE', ...one, '--metric', 'net_pln'], /there is no metric 'net_pln'; did you mean net_pnl/],
    [['FILE', ...one, '--metric', 'net_pnl', '--window', '2d'], /--window must be one of 1m, .*'2d'/],
    [
      ['FILE', ...one, '--metric', 'net_pnl', '--account', 'PA7'],
      /in account 'PA7'; did you mean PA1\? \(there are PA1\)/,
    ],
    [
      ['FILE', '--at', AT, '--strategy', 'tow', '--metric', 'net_pnl'],
      /no live book of strategy 'tow'; did you mean two\? \(there are s1, two\)/,
    ],
    [['FILE', '--at', AT, '--strategy', 'two', '--metric', 'net_pnl'], /name one with --account \(PA2, PA3\)/],
    [
      ['FILE', '--at', '2025-01-02T15:00:00Z', '--strategy', 's1', '--metric', 'net_pnl'],
      /no live book of strategy 's1' \(there are two\)/,
    ],
  ])('refuses %j with one clear message', async (args, message) => {
    const { code, out, err } = await runCli(['explain', ...args.map((arg) => (arg === 'FILE' ? file : arg))])
    expect(err).toMatch(message)
    expect(err).not.toMatch(/\n\s+at /)
    expect({ out, code }).toEqual({ out: '', code: 2 })
  })
})
