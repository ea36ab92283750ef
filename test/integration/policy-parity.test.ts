import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { recordRange } from '../../src/app/record.js'
import { replayFiles } from '../../src/app/replay.js'
import { judgedInstants } from '../../src/app/replay-policy.js'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { readConfig } from '../../src/config/config.js'
import { bookId } from '../../src/domain/book.js'
import type { SimulatedIncident } from '../../src/domain/incident.js'
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../src/domain/time.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { sessionFamilies } from '../../src/exporter/companion-families.js'
import { LabelCache } from '../../src/exporter/label-cache.js'
import { policyFamilies, policyStateFamilies } from '../../src/exporter/policy-families.js'
import { ALL_POLICIES, POLICY_KEYS, type PolicyKey } from '../../src/policy/catalogue.js'
import { PolicyEvaluator } from '../../src/policy/evaluator.js'
import { startTestEngines } from '../support/embedded.js'
import { CALENDARS } from '../support/engine.js'
import { EVERY_SECONDS, firingOf, ScrapedSeries } from '../support/policy-parity.js'
import { hasProgram } from '../support/programs.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'

const withPromtool = hasProgram('promtool', 'prometheus') ? describe : describe.skip

const START = Date.parse('2026-11-20T20:48:00Z')
const CLOSE = Date.parse('2026-11-20T21:00:00Z')
/** After the close an alert is kept for two minutes, and a slack of ten seconds. */
const [FROM, TO] = [START, CLOSE + 3 * MINUTE_MS]
const LIMITS = `policy: { max_slippage_bps_15m: 10, max_leverage: 0.6, max_gross_exposure_usd: 150000,
  max_concentration_top1: 0.4, max_var_95: 0.0001,
  max_drawdown_1d: 0.02, max_ta_freshness_seconds: 60 }`
/** Of the machinery of a running process: a replay has neither polls nor a wall clock. */
const LIVE_ONLY: ReadonlySet<PolicyKey> = new Set(['max_pipeline_lag_seconds', 'missing_update_seconds'])
/** When each begins and ends, in minutes after the start; what is still on at the close ends with it, where it is of data. */
const INCIDENTS: readonly (readonly [SimulatedIncident, number, number])[] = [
  ['slippage', 1, 4],
  ['stale-context', 1, 9],
  ['route-fallback', 1, 3],
  ['drawdown', 1, 5],
  ['reject-storm', 4, 6],
  ['feed-pause', 6, 8],
  ['cash-gap', 8, 60],
]

withPromtool('a recorded session (package prometheus)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quant-parity-'))
  const facts = join(folder, 'facts.ndjson.gz')
  let engines: EmbeddedEngines

  beforeAll(async () => {
    engines = await startTestEngines()
    await simulate(engines)
    await recordRange({
      ...options(environmentOf({ dsn: engines.postgres.dsn, clickhouse: engines.clickhouse })),
      out: facts,
      from: FROM,
      to: TO,
    })
  }, 600_000)
  afterAll(async () => {
    await engines?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  function options(environment: Readonly<Record<string, string>>) {
    return {
      config: readConfig({
        environment: { ...environment, QUANT_CONFIG: 'limits.yaml' },
        readFile: () => LIMITS,
        isTerminal: false,
      }),
      ...{ calendars: CALENDARS, signal: new AbortController().signal },
      ...{ log: { error: () => undefined }, onProgress: () => undefined },
    }
  }

  test('has the same alerts by the evaluator and by the rules, each within a scrape and an evaluation', async () => {
    const { episodes, series } = await judge()
    expect(new Set(episodes.map(({ policy }) => policy))).toEqual(
      new Set(POLICY_KEYS.filter((key) => !LIVE_ONLY.has(key))),
    )
    const atClose = episodes.filter(({ resolved }) => resolved?.at === CLOSE)
    expect(new Set(atClose.map(({ category }) => category))).toEqual(new Set(['data']))
    expect(atClose.map(({ policy }) => policy)).toContain('pnl_reconciliation')
    const evaluations = Array.from({ length: series.count }, (_, index) => index * EVERY_SECONDS)
    const promql_expr_test = ALL_POLICIES.flatMap((policy) => {
      const firing = firingOf(policy, episodes, FROM)
      return evaluations.flatMap((second) => {
        const expected = firing(second)
        if (expected === undefined) return []
        const expr = `count by (strategy_id, account, calendar) (ALERTS{alertname="${policy.alert}",alertstate="firing"})`
        return [{ expr, eval_time: `${second}s`, exp_samples: expected.map((labels) => ({ labels, value: 1 })) }]
      })
    })
    const file = join(folder, 'parity.yaml')
    writeFileSync(
      file,
      stringify({
        rule_files: [resolve('prometheus-rules/out/quant-exporter.rules.yaml')],
        evaluation_interval: `${EVERY_SECONDS}s`,
        tests: [{ interval: `${EVERY_SECONDS}s`, input_series: series.input(), promql_expr_test }],
      }),
    )
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })
    expect({ status, said: (stdout + stderr).slice(0, 4_000) }).toEqual({
      status: 0,
      said: expect.stringContaining('SUCCESS'),
    })
  }, 600_000)

  /** What the evaluator says of each tick, and what /metrics would have said of it at each scrape. */
  async function judge() {
    const given = options({})
    const { config } = given
    // As replay --policy judges, and with the gauges that only a running process exports.
    const evaluator = new PolicyEvaluator({
      ...{ dictionary: DICTIONARY, calendars: CALENDARS, periodsMs: config.periodsMs, settings: config.policy },
      ...{ isShadow: false, runbookUrl: (alert: string) => alert },
    })
    const [series, labels] = [new ScrapedSeries(), new LabelCache()]
    const calendars = new Map<string, string>()
    const replayed = replayFiles(
      { ...given, ats: judgedInstants([FROM, TO], config.periodsMs.light), knownBy: undefined },
      {
        paths: [facts],
        onRejection: (file, line, reason) => {
          throw new Error(`${file}:${line}: ${reason}`)
        },
        onCutOff: () => undefined,
      },
    )
    for await (const { frames, strategies } of replayed) {
      const enabled = new Set(strategies().flatMap(({ enabled: is, strategyId }) => (is ? [strategyId] : [])))
      evaluator.tick(frames, (strategyId) => enabled.has(strategyId))
      const { at } = frames.stamp
      if ((at - FROM) % (EVERY_SECONDS * SECOND_MS) !== 0) continue
      const books = [...frames.books.values()]
      for (const { book } of books) calendars.set(bookId(book), book.calendar)
      const families = [
        ...sessionFamilies(CALENDARS, at),
        ...policyStateFamilies(evaluator),
        ...policyFamilies(books, evaluator, labels),
      ]
      series.add(
        families
          .filter((family) => family !== undefined)
          .flatMap((family) => family.chunks())
          .map((chunk) => Buffer.from(chunk).toString())
          .join(''),
      )
    }
    const { board } = evaluator
    return {
      series,
      episodes: [...board.resolved(), ...board.open()].map((one) => ({
        ...one,
        calendar: calendars.get(bookId(one)) ?? '',
      })),
    }
  }
})

/** Trades and incidents until after the close, all of it there before anybody looks. */
async function simulate(engines: EmbeddedEngines): Promise<void> {
  const simulator = await fillTorghut({ dsn: engines.postgres.dsn, clickhouse: engines.clickhouse }, START, 1, 7)
  const minutes = (count: number): EpochMs => START + count * MINUTE_MS
  const switches = INCIDENTS.flatMap(([name, from, to]) => [
    { minute: from, run: () => simulator.startIncident(name, minutes(from), Number.POSITIVE_INFINITY) },
    { minute: to, run: () => simulator.stopIncident(name, minutes(to)) },
  ]).sort((a, b) => a.minute - b.minute)
  for (let minute = 1; minutes(minute) <= TO; minute += 1) {
    await simulator.advanceTo(minutes(minute))
    for (const { run } of switches.filter((one) => one.minute === minute)) run()
  }
  await simulator.stop()
}
