import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { METRIC_DESCRIPTIONS } from '../../src/app/dictionary.js'
import type { FrameSet } from '../../src/domain/frame.js'
import { WINDOWS } from '../../src/domain/window.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import type { Simulator } from '../../src/simulator/simulation.js'
import { EARLY_DATE } from '../../src/simulator/torghut/schema-history.js'
import { startTestEngines } from '../support/embedded.js'
import { standingClock, startExporter } from '../support/exporter.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { PROJECT_ROOT, runCli } from '../support/process.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'

const START = Date.parse('2026-11-20T19:30:00Z')
const SESSIONS = 2
const EARLY = 'early'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

/** The names in a bullet list of the page, by the beginning of the line before it. */
function listed(heading: string): Set<string> {
  const page = readFileSync(join(PROJECT_ROOT, 'docs/upstream-schemas.md'), 'utf8')
  const list = page.slice(page.indexOf(`\n${heading}`)).split('\n\n')[1] ?? ''
  return new Set([...list.matchAll(/^- `(\w+)`$/gm)].map(([, name]) => name ?? ''))
}

withServer('the same trading on the early schema and on today’s, on a real Postgres 15 (package postgresql-15)', () => {
  let engines: EmbeddedEngines
  let server: PostgresServer
  let simulators: Simulator[]
  let today: Record<string, string>
  let early: Record<string, string>
  /** Instants between two parts of an order's fill. */
  let between: number[]

  beforeAll(async () => {
    ;[engines, server] = await Promise.all([startTestEngines(), startPostgresServer()])
    const client = new pg.Client({ connectionString: server.dsn })
    await client.connect()
    await client.query(`CREATE DATABASE ${EARLY}`)
    const ofToday = { dsn: server.dsn, clickhouse: engines.clickhouse }
    const ofEarly = { dsn: server.dsn.replace('/postgres?', `/${EARLY}?`), clickhouse: engines.clickhouse }
    const age = { schemaDate: EARLY_DATE, database: EARLY }
    simulators = [await fillTorghut(ofToday, START, SESSIONS), await fillTorghut(ofEarly, START, SESSIONS, 1, age)]
    today = environmentOf(ofToday)
    early = environmentOf(ofEarly, EARLY)
    const { rows } = await client.query(
      `SELECT extract(epoch FROM min(event_ts) + (max(event_ts) - min(event_ts)) / 2)::float8 * 1000 AS at FROM execution_order_events
       WHERE event_type IN ('partial_fill', 'fill') GROUP BY alpaca_order_id HAVING max(event_ts) - min(event_ts) > interval '4 s' ORDER BY 1 DESC LIMIT 3`,
    )
    between = rows.map(({ at }) => Math.floor(Number(at)))
    await client.end()
  }, 180_000)

  afterAll(async () => {
    await Promise.all((simulators ?? []).map((simulator) => simulator.stop()))
    await Promise.all([engines?.stop(), server?.stop()])
  })

  async function framesOf(environment: Record<string, string>, at: number): Promise<FrameSet> {
    const exporter = await startExporter(environment, standingClock(at))
    try {
      await exporter.firstFrame()
      const frames = exporter.reader.frames()
      if (frames === undefined) throw new Error(exporter.log.join('\n'))
      expect(exporter.log.filter((line) => /source down|rejected|failed/.test(line))).toEqual([])
      return frames
    } finally {
      await exporter.stop()
    }
  }

  test('differs in what the documentation lists and in nothing else, and no statement fails', async () => {
    expect(between).toHaveLength(3)
    const ofOtherStatus = new Set<string>()
    const ofOtherValue = new Set<string>()
    for (const at of [START, ...between]) {
      const [old, now] = [await framesOf(early, at), await framesOf(today, at)]
      expect([...old.books.keys()]).toEqual([...now.books.keys()])
      for (const [id, frame] of now.books)
        for (const window of WINDOWS)
          METRIC_DESCRIPTIONS.forEach(({ name }, index) => {
            const ofToday = frame.windows[window].results[index]
            const ofEarly = old.books.get(id)?.windows[window].results[index]
            if (ofToday?.status !== ofEarly?.status) ofOtherStatus.add(name)
            else if (ofToday?.status === 'ok' && ofEarly?.status === 'ok' && ofToday.value !== ofEarly.value)
              ofOtherValue.add(name)
          })
    }
    const known = new Set(METRIC_DESCRIPTIONS.map(({ name }) => name))
    const insufficient = [...listed('Insufficient on')].filter((name) => known.has(name))
    const ofParts = listed('Of other value')
    expect(ofParts.size).toBeGreaterThan(10)
    // While an order's parts fill a book may look idle or flat on the early schema: such a status is of the second list.
    expect([...ofOtherStatus].filter((name) => !ofParts.has(name)).sort()).toEqual(insufficient.sort())
    expect([...ofOtherValue].filter((name) => !ofParts.has(name))).toEqual([])
    expect(ofOtherValue).toContain('traded_notional')
  }, 240_000)

  test('config tells what was found, and what is missing', async () => {
    const switches = { JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true' }
    const ofToday = await runCli(['config'], { ...switches, ...today })
    expect(ofToday.out).toMatch(/^postgres {4}version 15\.\d.*, today’s schema$/m)
    expect(ofToday.out).toContain('execution_order_events: complete')
    const ofEarly = await runCli(['config'], { ...switches, ...early })
    expect(ofEarly.out).toMatch(/^postgres {4}version 15\.\d.*, an older schema$/m)
    expect(ofEarly.out).toContain('execution_order_events: missing')
    expect(ofEarly.out).toContain(
      'executions: lacks execution_actual_adapter, execution_expected_adapter, alpaca_account_label',
    )
    expect(ofEarly.out).toContain('ta_signals: complete')
    expect(ofEarly.code).toBe(0)
  }, 60_000)
})
