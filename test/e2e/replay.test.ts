import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { toFactLine } from '../../src/domain/fact-json.js'
import type { Fact } from '../../src/domain/facts.js'
import { bar, decision, filled, order, snapshot, strategy } from '../support/facts.js'
import { runCli } from '../support/process.js'

const AT = '2026-11-20T19:30:00Z'
const BOUGHT = filled({ at: '2026-11-20T15:00:00Z', side: 'buy', qty: 10, price: 100, execution_id: 'bought' })
const FACTS: readonly Fact[] = [
  strategy(),
  strategy({ strategy_id: 's2', name: 'other, "quoted"', accounts: ['PA2'] }),
  decision({ at: '2026-11-20T14:59:58Z' }),
  snapshot('2026-11-20T14:45:00Z'),
  order({
    execution_id: 'bought',
    submitted_at: BOUGHT.submittedAt,
    known_at: '2026-11-20T15:00:00.100Z',
    revision: 1,
  }),
  { ...BOUGHT, knownAt: Date.parse('2026-11-20T15:00:02Z'), revision: 2 },
  bar('AAA', '2026-11-20T19:29:30Z', 101),
  bar('AAA', '2026-11-20T19:29:40Z', 102),
]

describe('replay from files', () => {
  let folder: string
  let file: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'quant-replay-'))
    file = write('facts.ndjson', FACTS)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function write(name: string, facts: readonly Fact[]): string {
    const text = facts.map((fact) => `${toFactLine(fact)}\n`).join('')
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text)
    return join(folder, name)
  }

  test('prints a line a book, window and instant, with the same bytes whatever the order, the form and the repeats', async () => {
    const { code, out, err } = await runCli(['replay', '--facts', file, '--at', AT])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const bodies = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(bodies).toHaveLength(2 * 7)
    expect(bodies[4]).toMatchObject({
      strategy_id: 's1',
      account: 'PA1',
      window: '1d',
      frame_as_of: '2026-11-20T19:30:00.000Z',
    })
    expect(bodies[4]).not.toHaveProperty('frame_seq')
    const { metrics } = bodies[4]
    expect(metrics).toContainEqual(expect.objectContaining({ metric_name: 'unrealized_pnl', value: 20, status: 'ok' }))
    expect(metrics).toContainEqual(expect.objectContaining({ metric_name: 'ta_freshness_seconds', value: 20 }))
    expect(out).not.toMatch(/freshness_seconds":(null|\d)|"quality"|"as_of"|metrics_pipeline_lag_seconds/)
    const parts = join(folder, 'parts')
    mkdirSync(parts, { recursive: true })
    write('parts/a.ndjson.gz', FACTS.slice(2).toReversed())
    write('parts/b.ndjson', FACTS.slice(0, 5))
    expect((await runCli(['replay', '--facts', parts, '--facts', file, '--at', AT])).out).toBe(out)
    expect((await runCli(['replay', file, parts, '--at', AT])).out).toBe(out)
  })

  test('tells with --policy which alerts there would have been, judging every tick between the instants', async () => {
    const config = join(folder, 'policy.yaml')
    writeFileSync(config, 'policy: { max_gross_exposure_usd: 1015, pnl_reconciliation: off }\n')
    const instants = ['--at', `2026-11-20T19:29:35Z,${AT}`, '--window', '1d', '--strategy', 's1', '--config', config]
    const { code, out } = await runCli(['replay', file, ...instants, '--policy'])
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(0)
    expect(lines.map(({ frame_as_of, alert }) => frame_as_of ?? alert.policy)).toEqual([
      '2026-11-20T19:29:35.000Z',
      '2026-11-20T19:30:00.000Z',
      'max_gross_exposure_usd',
    ])
    expect(lines[2].alert).toMatchObject({
      ...{ strategy_id: 's1', account: 'PA1', state: 'open', threshold: 1015, observed: 1020, consecutive_frames: 21 },
      opened_at: '2026-11-20T19:29:41.000Z',
    })
    const plain = await runCli(['replay', file, ...instants])
    expect(out.startsWith(plain.out)).toBe(true)
    expect((await runCli(['replay', file, ...instants, '--policy', '--csv'])).err).toContain('--policy prints JSON')
  })

  test('says with --known-by what was known', async () => {
    const command = ['replay', file, '--window', '1d', '--strategy', 's1', '--csv', '--at']
    const fills = async (...more: string[]) => {
      const { out } = await runCli([...command, ...more])
      return /,traded_notional,([^,]*),/.exec(out)?.[1]
    }
    expect(await fills('2026-11-20T15:00:01Z')).toBe('1000')
    expect(await fills('2026-11-20T15:00:01Z', '--known-by', AT)).toBe('0')
    expect(await fills('2026-11-20T15:00:02Z', '--known-by', AT)).toBe('1000')
    expect(await fills(AT, '--known-by', '2026-11-20T15:00:01Z')).toBe('0')
    const { out } = await runCli(['replay', file, '--at', AT, '--known-by', AT, '--window', '1d'])
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ known_by: 'approximate' })
  })

  test('prints a table with --csv, for each instant of --every', async () => {
    const every = ['--every', '30m', '--from', '2026-11-20T15:00:00Z', '--to', '2026-11-20T16:10:00Z']
    const { out } = await runCli(['replay', file, '--account', 'PA2', '--window', '5m,1d', '--csv', ...every])
    const rows = out.trim().split('\n')
    expect(rows[0]).toBe('frame_as_of,strategy_id,strategy,account,window,metric_name,value,unit,status,reason')
    expect(rows[1]).toBe('2026-11-20T15:00:00.000Z,s2,"other, ""quoted""",PA2,5m,realized_pnl,0,USD,ok,')
    expect(new Set(rows.slice(1).map((row) => row.slice(11, 16)))).toEqual(new Set(['15:00', '15:30', '16:00']))
  })

  test('leaves lines out that are no facts, says which, and fails; --strict stops at the first', async () => {
    const bad = join(folder, 'bad.ndjson')
    writeFileSync(
      bad,
      `${toFactLine(strategy({ accounts: ['PA1'] }))}\nnonsense\n{"fact":"bar","symbol":"AAA","at":1,"close":0}\n`,
    )
    const lenient = await runCli(['replay', bad, '--at', AT, '--window', '1d'])
    expect(lenient.out.split('\n')).toHaveLength(2)
    expect(lenient.err).toContain(`${bad}:2: not JSON`)
    expect(lenient.err).toContain(`${bad}:3: close: must be above 0`)
    expect(lenient.err).toContain('2 lines are no facts and were left out')
    expect(lenient.code).toBe(1)
    const strict = await runCli(['replay', bad, '--at', AT, '--strict'])
    expect(strict).toMatchObject({ code: 1, out: '' })
    expect(strict.err).toMatch(/bad\.ndjson:2: not JSON/)
    expect(strict.err).not.toContain(':3:')
  })

  test('counts the whole lines of a file that a crash cut off, and says so', async () => {
    const cut = join(folder, 'cut.ndjson')
    writeFileSync(
      cut,
      FACTS.map((fact) => `${toFactLine(fact)}\n`)
        .join('')
        .slice(0, -30),
    )
    const { code, err, out } = await runCli(['replay', cut, '--at', AT, '--window', '1d', '--strategy', 's1', '--csv'])
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/cut\.ndjson ends in the middle/) })
    expect(out).toContain(',unrealized_pnl,10,USD')
  })

  test.each([
    [['--at', AT], /replay needs --facts FILE or --database/],
    [['FILE', '--database', '--at', AT], /either --facts or --database, not both/],
    [['FILE'], /replay needs --at TIME, or --every 60s --from TIME --to TIME/],
    [['FILE', '--every', '60s', '--from', AT], /replay needs --to too/],
    [['FILE', '--at', AT, '--every', '60s'], /either --at, or --every/],
    [['FILE', '--at', 'noon'], /--at must be a time with a zone.*'noon'/],
    [['FILE', '--every', '60', '--from', AT, '--to', AT], /--every must be a length of time/],
    [
      ['FILE', '--every', '1s', '--from', '2025-11-20T19:30:00Z', '--to', AT],
      /gives 31536001 instants; at most 604800/,
    ],
    [['FILE', '--every', '1s', '--from', AT, '--to', '2025-11-20T19:30:00Z'], /--to lies before --from/],
    [['FILE', '--at', AT, '--window', '2d'], /--window must be of 1m, 5m, .*'2d'/],
    [['FILE', '--at', AT, '--strategy', 's3'], /no live book of strategy 's3' \(there are s1 in PA1, s2 in PA2\)/],
    [['FILE', '--at', AT, '--polices', 'x'], /replay has no option --polices/],
    [['nowhere.ndjson', '--at', AT], /cannot read nowhere\.ndjson: there is no such file/],
    [['FILE', '--at', AT, '--config', 'nowhere.yaml'], /QUANT_CONFIG/],
    [['--database', '--at', AT], /TORGHUT_DB_DSN/],
  ])('refuses %j with one clear message', async (args, message) => {
    const { code, out, err } = await runCli(['replay', ...args.map((arg) => (arg === 'FILE' ? file : arg))])
    expect(err).toMatch(message)
    expect(err).not.toMatch(/\n\s+at /)
    expect(out).toBe('')
    expect(code).toBeGreaterThan(0)
  })
})
