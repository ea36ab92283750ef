import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DASHBOARD_FILES, interpolated, queriesOf } from '../support/dashboards.js'
import { EventClient } from '../support/event-stream.js'
import { type RunningCli, runCli, startCli } from '../support/process.js'
import { hasProgram } from '../support/programs.js'
import { type Prometheus, startPrometheus } from '../support/prometheus.js'
import { until } from '../support/until.js'

const withPrometheus = hasProgram('prometheus', 'prometheus') ? describe : describe.skip

/** Queries that have no data in a demo on an ordinary afternoon, and why. */
const EXCEPTIONS: readonly (readonly [query: RegExp, reason: string])[] = [
  [/quant_market_session_open\{[^}]*\}\) == 0/, 'the market is open'],
  [
    /policy="(max_gross_exposure_usd|max_leverage|max_concentration_top1|max_var_95)"/,
    'off until somebody sets a limit',
  ],
  [/freshness="stale"\}\)\) \* on/, 'nothing is stale before there is an incident'],
]
/** What stays fresh while Postgres is away: it rests on the feeds alone. */
const FEEDS_ONLY = /quant_(ta_freshness_seconds)\{/

const queries = DASHBOARD_FILES.flatMap(queriesOf).map(({ name, expr }) => ({ name, expr: interpolated(expr) }))
const isStale = ({ expr }: { expr: string }) => /freshness="stale"\}\)\) \* on/.test(expr)
const ordinary = queries.filter(({ expr }) => !EXCEPTIONS.some(([pattern]) => pattern.test(expr)))

withPrometheus('every query of every dashboard, over a demo that Prometheus scrapes (package prometheus)', () => {
  let folder: string
  let cli: RunningCli
  let prometheus: Prometheus
  const listener = new EventClient()

  /** The names of those that return nothing, or nothing but NaN. */
  async function withoutData(of: readonly { name: string; expr: string }[]): Promise<string[]> {
    const empty: string[] = []
    for (const { name, expr } of of) {
      const values = await prometheus.ask(expr)
      if (!values.some((value) => value !== 'NaN')) empty.push(name)
    }
    return empty
  }

  /** Those that still have none when the time is up. */
  async function stillWithoutData(of: readonly { name: string; expr: string }[], withinMs: number): Promise<string[]> {
    let missing = of
    const isThere = async () => {
      const names = new Set(await withoutData(missing))
      missing = missing.filter(({ name }) => names.has(name))
      return missing.length === 0
    }
    await until(isThere, withinMs).catch((error: unknown) => {
      if (missing.length === 0) throw error
    })
    return missing.map(({ name }) => name)
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quant-dashboards-'))
    cli = startCli(['demo', '--at', '2026-11-20T19:30:00Z', '--sessions', '3', '--seed', '7', '--speed', '4'], {
      ...{ QUANT_LISTEN: '127.0.0.1:0', TMPDIR: folder, JANGAR_TORGHUT_QUANT_ALERTS_ENABLED: 'true' },
    })
    await until(() => cli.out().includes('start here'), 60_000)
    const url = /start here\s+(\S+)\//.exec(cli.out())?.[1] ?? ''
    await until(async () => (await fetch(`${url}/readyz`)).status === 200, 120_000)
    await listener.connect(`${url}/api/torghut/trading/control-plane/quant/stream`)
    prometheus = await startPrometheus(new URL(url).host, ['prometheus-rules/out/quant-exporter.rules.yaml'])
  }, 240_000)

  afterAll(async () => {
    listener.cut()
    await prometheus?.stop()
    cli?.child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  test('returns data, save for those that are told with their reason', async () => {
    expect(ordinary.length).toBeGreaterThan(100)
    // Each order is in a histogram when it has ended, so the heat maps wait for one.
    expect(await stillWithoutData(ordinary, 240_000)).toEqual([])
  }, 300_000)

  test('each exception is one', () => {
    for (const [pattern, reason] of EXCEPTIONS)
      expect([reason, queries.some(({ expr }) => pattern.test(expr))]).toEqual([reason, true])
  })

  test('while Postgres is away values are marked stale', async () => {
    const control = /incidents\s+(\S+)\/incidents/.exec(cli.out())?.[1] ?? ''
    expect((await runCli(['incident', 'start', 'db-down', '--url', control])).code).toBe(0)
    const marked = queries.filter((query) => isStale(query) && !FEEDS_ONLY.test(query.expr))
    expect(marked.length).toBeGreaterThan(20)
    expect(await stillWithoutData(marked, 120_000)).toEqual([])
  }, 150_000)
})
