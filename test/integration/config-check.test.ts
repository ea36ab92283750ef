import { createServer, type Server, type Socket } from 'node:net'
import pg from 'pg'
import { TORGHUT_EARLY } from '../../src/simulator/torghut/schema-history.js'
import { createAuthority } from '../support/authority.js'
import { type PolledTorghut, pollTorghut } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { type Finished, runCli } from '../support/process.js'
import { hasProgram } from '../support/programs.js'
import { dsnAs, makeReader, READER } from '../support/reader-role.js'
import { seededTorghut } from '../support/seeded-torghut.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const canRun = hasPostgresServer && hasProgram('openssl', 'openssl')
const withServer = canRun ? describe : describe.skip

const check = (environment: Record<string, string>, ...more: string[]) =>
  runCli(['config', '--check', ...more], environment)

/** Every problem that was found, as printed. */
const problemsIn = ({ out }: Finished) => out.split('\n').filter((line) => line.startsWith('problem'))

withServer('config --check on a real Postgres 15 (packages postgresql-15, openssl)', () => {
  const authority = createAuthority('torghut-db-ca')
  let server: PostgresServer
  let torghut: PolledTorghut
  let database: string

  beforeAll(async () => {
    server = await startPostgresServer({ tls: authority.issue(['DNS:localhost']) })
    torghut = await seededTorghut(server)
    database = String(torghut.admin.database)
  })

  beforeEach(() => void makeReader(server, database))

  afterAll(async () => {
    await torghut?.stop()
    await server?.stop()
  })

  test('says of a good installation all that matters, and ends with 0', async () => {
    const result = await check({
      TORGHUT_DB_DSN: `postgresql://${READER}@localhost:${server.port}/${database}?sslmode=verify-full`,
      TORGHUT_DB_CA_CERT: authority.pem,
    })
    const { out, err, code } = result
    expect(problemsIn(result)).toEqual([])
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(/server +Postgres 15\.\d+.*, as role quant_exporter/)
    expect(out).toMatch(
      /tls +TLSv1\.3 TLS_\w+; chain and host name verified against the CA given as PEM text; certificate of torghut-db by torghut-db-ca until 20/,
    )
    expect(out).toMatch(
      /writing +session read-only: yes; UPDATE public\.strategies SET id = id WHERE false: refused with 25006; privileges to write: none/,
    )
    expect(out).toMatch(/clock +[+−]0\.\d{3} s from this machine's \(± 0\.\d{3}\)/)
    expect(out).toMatch(/connections +1 of the role's 2 and [3-9] of the server's 97 in use, this one included; 1 left/)
    expect(out).toMatch(/table +executions: 18 columns readable\n/)
    expect(out).toMatch(/schema +can be read; 1 books/)
    expect(out).toMatch(/note +clickhouse: CH_HOST is not set/)
    expect(out).toMatch(/ok +ready to serve\n$/)
  })

  test('is JSON when asked', async () => {
    const { out, code } = await check({ TORGHUT_DB_DSN: dsnAs(server, database, READER) }, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      clickhouse: null,
      postgres: { role: READER, tls: null, writing: { refusedWith: '25006' }, connections: { roleLimit: 2 } },
      findings: [{ source: 'clickhouse', kind: 'note' }],
    })
    expect((await runCli(['config', '--json'])).code).toBe(2)
  })

  test('tells a table and a column that may not be read from one that is not there, with the statement to run', async () => {
    await torghut.admin.query(`REVOKE SELECT ON executions, trade_decisions FROM ${READER}`)
    await torghut.admin.query(`GRANT SELECT (id, symbol) ON trade_decisions TO ${READER}`)
    const result = await check({ TORGHUT_DB_DSN: dsnAs(server, database, READER) })
    expect(result.code).toBe(1)
    expect(problemsIn(result).join('\n')).toMatch(/quant_exporter may not read executions$/m)
    expect(problemsIn(result).join('\n')).toMatch(
      /may not read trade_decisions, columns strategy_id, alpaca_account_label/,
    )
    expect(result.out).toContain('GRANT SELECT ON TABLE public.executions TO quant_exporter')
    expect(result.err).toMatch(/^quant-exporter: 2 problems stand above\n$/)

    const early = await pollTorghut(server, TORGHUT_EARLY)
    try {
      makeReader(server, String(early.admin.database))
      const ofEarly = await check({ TORGHUT_DB_DSN: dsnAs(server, String(early.admin.database), READER) })
      expect(ofEarly.code).toBe(0)
      expect(ofEarly.out).toMatch(/table +execution_order_events: missing/)
      expect(ofEarly.out).toMatch(/table +executions: 15 columns readable; lacks execution_actual_adapter/)
      expect(ofEarly.out).toMatch(/insufficient route_fallback_rate: no executions\.execution_actual_adapter/)
      await early.admin.query('DROP TABLE executions')
      const broken = await check({ TORGHUT_DB_DSN: dsnAs(server, String(early.admin.database), READER) })
      expect(problemsIn(broken)).toEqual([
        'problem      postgres: this schema cannot be read: table executions is missing',
      ])
    } finally {
      await early.stop()
    }
  }, 60_000)

  test('does not let a role pass that could write', async () => {
    const ofSuperuser = await check({ TORGHUT_DB_DSN: dsnAs(server, database, 'postgres') })
    expect(ofSuperuser.code).toBe(1)
    expect(problemsIn(ofSuperuser)).toEqual(['problem      postgres: postgres is a superuser'])
    expect(ofSuperuser.out).toContain('refused with 25006')
    await torghut.admin.query(`GRANT UPDATE (status) ON executions TO ${READER}`)
    const ofWriter = await check({ TORGHUT_DB_DSN: dsnAs(server, database, READER) })
    expect(ofWriter.code).toBe(1)
    expect(problemsIn(ofWriter)).toEqual([
      'problem      postgres: quant_exporter could write to executions, were its sessions not read-only',
    ])
    expect(ofWriter.out).toContain('torghut-reader.sql')
  })

  test('tells a limit of connections that is too low, and one that others use up', async () => {
    const dsn = dsnAs(server, database, READER)
    await torghut.admin.query(`ALTER ROLE ${READER} CONNECTION LIMIT 1`)
    const tooLow = await check({ TORGHUT_DB_DSN: dsn })
    expect(problemsIn(tooLow)).toEqual([
      'problem      postgres: quant_exporter may have 1 connections and a process opens 2',
    ])
    await torghut.admin.query(`ALTER ROLE ${READER} CONNECTION LIMIT 2`)
    const other = new pg.Client({ connectionString: dsn })
    await other.connect()
    try {
      expect(problemsIn(await check({ TORGHUT_DB_DSN: dsn }))).toEqual([
        'problem      postgres: 1 of the connections that a process opens (2) is free',
      ])
    } finally {
      await other.end()
    }
    const running = new pg.Client({ connectionString: dsn, application_name: 'quant-exporter' })
    await running.connect()
    try {
      const beside = await check({ TORGHUT_DB_DSN: dsn })
      expect(beside.code).toBe(0)
      expect(beside.out).toMatch(/note .*1 are held by a quant-exporter that runs already/)
    } finally {
      await running.end()
    }
  }, 60_000)

  test('tells what is not encrypted or not verified, and why a connection fails', async () => {
    const dsn = `postgresql://${READER}@localhost:${server.port}/${database}`
    const unverified = await check({ TORGHUT_DB_DSN: `${dsn}?sslmode=require` })
    expect(unverified.out).toMatch(/tls +TLSv1\.3 .*NOT verified/)
    expect(unverified.out).toMatch(/note .*certificate is not verified \(sslmode=require without a CA\)/)
    const wrong = await check({
      TORGHUT_DB_DSN: `${dsn}?sslmode=verify-full`,
      TORGHUT_DB_CA_CERT: createAuthority('other').pem,
      // Node's own way of turning verification off has no say.
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    })
    expect(wrong.code).toBe(1)
    expect(problemsIn(wrong).join()).toMatch(/not signed by a CA that is trusted: set TORGHUT_DB_CA_CERT/)
    const nothing = await check({})
    expect(nothing.code).toBe(1)
    expect(problemsIn(nothing)).toEqual(['problem      postgres: TORGHUT_DB_DSN is not set'])
  })
})

describe('config --check on something that never answers', () => {
  let silent: Server
  const sockets: Socket[] = []
  let port: number

  beforeAll(async () => {
    silent = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => undefined)
      socket.resume()
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })

  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })

  test('ends by itself, also where the timeout of statements is long', async () => {
    const result = await check({
      ...{ TORGHUT_DB_DSN: `postgresql://reader@127.0.0.1:${port}/torghut?sslmode=require` },
      ...{ CH_HOST: '127.0.0.1', CH_PORT: String(port), CH_TIMEOUT_MS: '300000' },
    })
    expect(result.code).toBe(1)
    expect(problemsIn(result)).toEqual([
      expect.stringMatching(/postgres: .*timeout/),
      'problem      clickhouse: it did not answer within 15 s',
    ])
  }, 60_000)
})
