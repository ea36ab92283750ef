import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { readConfig } from '../../src/config/config.js'
import { tlsOf } from '../../src/connections/postgres-client.js'
import type { PostgresConnection, TlsState } from '../../src/domain/connections.js'
import { openTorghutPool } from '../../src/ingest/postgres/pool.js'
import { inReadOnlyTransaction } from '../../src/ingest/postgres/read-only.js'
import { describeError } from '../../src/lib/logger.js'
import { type Authority, createAuthority } from '../support/authority.js'
import { standingClock, startExporter } from '../support/exporter.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { hasProgram } from '../support/programs.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const canRun = hasPostgresServer && hasProgram('openssl', 'openssl')
const withServer = canRun ? describe : describe.skip

withServer('TLS to a real Postgres 15 with a private CA (packages postgresql-15, openssl)', () => {
  let authority: Authority
  let other: Authority
  let server: PostgresServer
  let folder: string
  let caPath: string
  const pools: pg.Pool[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quant-tls-'))
    caPath = join(folder, 'ca.crt')
    authority = createAuthority('torghut-db-ca')
    // Of the same name, as an authority that was made anew is: only the key tells them apart.
    other = createAuthority('torghut-db-ca')
    writeFileSync(caPath, authority.pem)
    server = await startPostgresServer({
      tls: authority.issue(['DNS:localhost', 'IP:127.0.0.1']),
      hba: ['hostssl all encrypted_only 127.0.0.1/32 trust', 'hostnossl all encrypted_only 127.0.0.1/32 reject'],
    })
  })

  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()))
    writeFileSync(caPath, authority.pem)
    await server.useCertificate(authority.issue(['DNS:localhost', 'IP:127.0.0.1']))
  })

  afterAll(async () => {
    await server?.stop()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })

  function connectionOf(host: string, sslmode: string | undefined, ca: string | undefined, user = 'postgres') {
    const { torghut } = readConfig({
      environment: {
        TORGHUT_DB_DSN: `postgresql://${user}@${host}:${server.port}/postgres${sslmode === undefined ? '' : `?sslmode=${sslmode}`}`,
        ...(ca === undefined ? {} : { TORGHUT_DB_CA_CERT: ca }),
      },
      readFile: (path) => readFileSync(path, 'utf8'),
      isTerminal: false,
    })
    if (torghut === undefined) throw new Error('no connection')
    return torghut
  }

  function open(connection: PostgresConnection): pg.Pool {
    const pool = openTorghutPool(connection, () => undefined)
    pools.push(pool)
    return pool
  }

  /** What the product sees of the connection that it opens. */
  async function tlsSeen(connection: PostgresConnection): Promise<TlsState | undefined> {
    const client = await open(connection).connect()
    try {
      return tlsOf(client, connection)
    } finally {
      client.release()
    }
  }

  /** What the product says when it cannot read. */
  async function failureOf(connection: PostgresConnection): Promise<{ code: string; message: string }> {
    try {
      await inReadOnlyTransaction(
        open(connection),
        () => undefined,
        (query) => query('SELECT 1'),
      )
    } catch (error) {
      return { code: (error as { code: string }).code, message: describeError(error) }
    }
    throw new Error('it was let in')
  }

  test('verify-full is let in by name and by address with the CA, as a path and as PEM text', async () => {
    for (const host of ['localhost', '127.0.0.1'])
      for (const ca of [caPath, authority.pem, authority.pem.replaceAll('\n', '\\n')])
        await expect(tlsSeen(connectionOf(host, 'verify-full', ca))).resolves.toMatchObject({
          version: 'TLSv1.3',
          verified: 'chain and host name',
          subject: 'torghut-db',
          issuer: 'torghut-db-ca',
        })
  })

  test('the server sees an encrypted session', async () => {
    const [row] = await inReadOnlyTransaction(
      open(connectionOf('localhost', 'verify-full', caPath)),
      () => undefined,
      (query) => query('SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
    )
    expect(row).toEqual({ ssl: true, version: 'TLSv1.3' })
  })

  test('verify-full does not start without a CA, and says which setting names it', () => {
    expect(() => connectionOf('localhost', 'verify-full', undefined)).toThrow(/TORGHUT_DB_CA_CERT/)
  })

  test.each(['system', 'other'])('verify-full with the CA of somebody else (%s) names the setting', async (kind) => {
    const failure = await failureOf(connectionOf('localhost', 'verify-full', kind === 'other' ? other.pem : kind))
    expect(failure.code).toBe('source_tls_failed')
    expect(failure.message).toMatch(/not signed by a CA that is trusted: set TORGHUT_DB_CA_CERT/)
  })

  test('verify-full refuses a certificate for another host name, for a name and for an address', async () => {
    await server.useCertificate(authority.issue(['DNS:torghut-db-rw.torghut.svc']))
    for (const host of ['localhost', '127.0.0.1']) {
      const failure = await failureOf(connectionOf(host, 'verify-full', caPath))
      expect(failure.code).toBe('source_tls_failed')
      expect(failure.message).toMatch(/for another host name.*sslmode=verify-ca/)
    }
    // An address is compared as an address: a certificate for localhost is none for 127.0.0.1.
    await server.useCertificate(authority.issue(['DNS:localhost']))
    expect((await failureOf(connectionOf('127.0.0.1', 'verify-full', caPath))).message).toMatch(/another host name/)
  })

  test('verify-ca verifies the chain and no name', async () => {
    await server.useCertificate(authority.issue(['DNS:torghut-db-rw.torghut.svc']))
    await expect(tlsSeen(connectionOf('localhost', 'verify-ca', caPath))).resolves.toMatchObject({ verified: 'chain' })
    expect((await failureOf(connectionOf('localhost', 'verify-ca', other.pem))).code).toBe('source_tls_failed')
  })

  test('require encrypts; it verifies the chain when it has a CA, and nothing when it has none', async () => {
    await expect(tlsSeen(connectionOf('localhost', 'require', caPath))).resolves.toMatchObject({ verified: 'chain' })
    await server.useCertificate(other.issue(['DNS:elsewhere']))
    await expect(tlsSeen(connectionOf('localhost', 'require', undefined))).resolves.toMatchObject({
      version: 'TLSv1.3',
      verified: 'nothing',
    })
    expect((await failureOf(connectionOf('localhost', 'require', caPath))).code).toBe('source_tls_failed')
  })

  test('disable is not encrypted', async () => {
    await expect(tlsSeen(connectionOf('localhost', 'disable', undefined))).resolves.toBeUndefined()
  })

  test('a server that takes no connection without TLS says so', async () => {
    const failure = await failureOf(connectionOf('localhost', 'disable', undefined, 'encrypted_only'))
    expect(failure.code).toBe('source_tls_failed')
    expect(failure.message).toMatch(/without TLS: write sslmode=verify-full.*TORGHUT_DB_CA_CERT/)
  })

  test('an expired certificate is told as one', async () => {
    await server.useCertificate(authority.issue(['DNS:localhost'], -1))
    const failure = await failureOf(connectionOf('localhost', 'verify-full', caPath))
    expect(failure.code).toBe('source_tls_failed')
    expect(failure.message).toMatch(/has expired: renew it/)
  })

  test('a CA file that was rotated counts at the next connection, and never turns verification off', async () => {
    const connection = connectionOf('localhost', 'verify-full', caPath)
    const pool = open(connection)
    const read = () =>
      inReadOnlyTransaction(
        pool,
        () => undefined,
        (query) => query('SELECT 1 AS one'),
      )
    const reconnect = async () => {
      const client = await pool.connect()
      client.release(true)
    }
    await read()
    await server.useCertificate(other.issue(['DNS:localhost']))
    // The open connection goes on; the next one meets a server whose CA is not known yet.
    await read()
    await reconnect()
    await expect(read()).rejects.toMatchObject({ code: 'source_tls_failed' })
    writeFileSync(caPath, '-----BEGIN CERTIFICATE-----\nhalf a fi')
    await expect(read()).rejects.toMatchObject({
      code: 'source_tls_failed',
      message: expect.stringContaining('TORGHUT_DB_CA_CERT'),
    })
    rmSync(caPath)
    await expect(read()).rejects.toMatchObject({
      code: 'source_tls_failed',
      message: expect.stringContaining('cannot be read any more'),
    })
    writeFileSync(caPath, other.pem)
    await expect(read()).resolves.toEqual([{ one: 1 }])
  })

  test('a CA file that vanished fails those who wait for a connection as well, and the process goes on', async () => {
    const pool = open(connectionOf('localhost', 'verify-full', caPath))
    const held = await Promise.all([pool.connect(), pool.connect()])
    const waiting = inReadOnlyTransaction(
      pool,
      () => undefined,
      (query) => query('SELECT 1'),
    )
    rmSync(caPath)
    for (const client of held) client.release(true)
    await expect(waiting).rejects.toMatchObject({ code: 'source_tls_failed' })
  })

  test('serve tells of it in the log, which names the setting, and on the stage of the source', async () => {
    const exporter = await startExporter(
      {
        TORGHUT_DB_DSN: `postgresql://postgres@localhost:${server.port}/postgres?sslmode=verify-full`,
        TORGHUT_DB_CA_CERT: other.pem,
      },
      standingClock(Date.parse('2026-11-20T19:30:00Z')),
    )
    try {
      await until(() => exporter.log.some((line) => line.startsWith('source down')), 10_000)
      expect(exporter.log.find((line) => line.startsWith('source down'))).toMatch(/TORGHUT_DB_CA_CERT/)
      const body = (await (
        await fetch(`${exporter.urls.api}/api/torghut/trading/control-plane/quant/health`)
      ).json()) as { stages: { stage: string; last_error_code: string; status: string }[] }
      expect(body.stages.find(({ stage }) => stage === 'ingest:postgres')).toMatchObject({
        status: 'failing',
        last_error_code: 'source_tls_failed',
      })
    } finally {
      await exporter.stop()
    }
  })
})

withServer('a real Postgres 15 without TLS (package postgresql-15)', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(() => server?.stop())

  test('is refused where TLS is asked for, with what to do', async () => {
    const { torghut } = readConfig({
      environment: { TORGHUT_DB_DSN: `postgresql://postgres@127.0.0.1:${server.port}/postgres?sslmode=require` },
      readFile: () => '',
      isTerminal: false,
    })
    if (torghut === undefined) throw new Error('no connection')
    const pool = openTorghutPool(torghut, () => undefined)
    await expect(
      inReadOnlyTransaction(
        pool,
        () => undefined,
        (query) => query('SELECT 1'),
      ),
    ).rejects.toMatchObject({
      code: 'source_tls_failed',
      message: expect.stringMatching(/offers no TLS.*sslmode=disable/),
    })
    await pool.end()
  })
})
