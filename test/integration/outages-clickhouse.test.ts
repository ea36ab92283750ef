import type { ClickHouseFault } from '../../src/embedded/engine-messages.js'
import { startTestClickHouse } from '../support/embedded.js'
import { type FaultProxy, type NetworkFault, startFaultProxy } from '../support/fault-proxy.js'
import { type Fault, liveClock, PATIENT, Rehearsal, rehearse, Trading } from '../support/outages.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'

const START = Date.parse('2026-11-20T19:30:00Z')

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer('outages of ClickHouse, beside a real Postgres 15 (package postgresql-15)', () => {
  let embedded: Awaited<ReturnType<typeof startTestClickHouse>>
  let postgres: PostgresServer
  let proxy: FaultProxy
  let trading: Trading
  let rehearsal: Rehearsal

  beforeAll(async () => {
    ;[embedded, postgres] = await Promise.all([startTestClickHouse(), startPostgresServer()])
    const { dsn } = postgres
    const { clickhouse } = embedded
    proxy = await startFaultProxy(clickhouse.port)
    const simulator = await fillTorghut({ dsn, clickhouse }, START, 1)
    const clock = await liveClock(START)
    trading = new Trading(simulator, clock)
    trading.begin()
    const healthy = environmentOf({ dsn, clickhouse })
    // A cold engine takes seconds for a history where the machine has other things to do.
    const environment = { ...healthy, ...PATIENT, CH_PORT: String(proxy.port), CH_TIMEOUT_MS: '5000' }
    rehearsal = new Rehearsal({ environment, healthy, clock, trading })
    await (await rehearsal.start()).firstFrame()
    await rehearsal.until('clickhouse', 1)
  }, 180_000)

  afterAll(async () => {
    await embedded?.clickhouse.setFault(undefined)
    await rehearsal?.stop()
    await Promise.all([proxy?.close(), trading?.stop()])
    await Promise.all([embedded?.stop(), postgres?.stop()])
  })

  const network = (fault: NetworkFault): Fault => ({
    begin: () => proxy.setFault(fault),
    end: () => proxy.setFault(undefined),
  })
  const server = (fault: ClickHouseFault): Fault => ({
    begin: () => embedded.clickhouse.setFault(fault),
    end: () => embedded.clickhouse.setFault(undefined),
  })

  const OUTAGES: readonly (readonly [name: string, kind: string, code: string, fault: Fault])[] = [
    ['is stopped', 'unreachable', 'source_unreachable', network({ kind: 'stopped' })],
    ['does not answer', 'timeout', 'source_timeout', network({ kind: 'black_hole' })],
    ['answers slowly', 'timeout', 'source_timeout', network({ kind: 'trickle', bytes: 1, everyMs: 50 })],
    ['answers 500', 'query', 'source_query_failed', server({ kind: 'status', status: 500 })],
    ['answers garbage', 'malformed', 'source_answer_malformed', server({ kind: 'garbage' })],
    ['answers by half', 'unreachable', 'source_unreachable', server({ kind: 'half_body' })],
  ]

  test.each(OUTAGES)(
    'one that %s is told, delays nobody, and is over when it ends',
    async (_name, kind, code, fault) => {
      // A bar of two minutes ago is no old one, so for as long as this takes nothing is stale.
      const expected = { source: 'clickhouse', whole: 'degraded', metric: 'gross_exposure', quality: 'good' } as const
      await rehearse(rehearsal, { ...expected, kind, code }, fault)
    },
  )

  test('after all of that frames are those of a process that starts', () => rehearsal.expectNoGap(), 180_000)
})
