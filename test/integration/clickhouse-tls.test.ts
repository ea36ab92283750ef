import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../../src/config/config.js'
import { agentFor, openClickHouse } from '../../src/connections/clickhouse-client.js'
import type { ClickHouseConnection, TlsState } from '../../src/domain/connections.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { MarketSource } from '../../src/ingest/clickhouse/market-source.js'
import { discoverMarket } from '../../src/ingest/clickhouse/schema.js'
import { describeError } from '../../src/lib/logger.js'
import { clickHouseSchema } from '../../src/simulator/torghut/clickhouse-schema.js'
import { type Authority, createAuthority } from '../support/authority.js'
import { startTestEngines } from '../support/embedded.js'
import { type HttpsFront, startHttpsFront } from '../support/https-front.js'
import { runCli } from '../support/process.js'
import { hasProgram } from '../support/programs.js'

const T = Date.parse('2026-11-20T19:30:00Z')

const withOpenssl = hasProgram('openssl', 'openssl') ? describe : describe.skip

withOpenssl('TLS to ClickHouse behind an HTTPS server with a private CA (package openssl)', () => {
  let authority: Authority
  let other: Authority
  let engines: EmbeddedEngines
  let front: HttpsFront
  let folder: string
  let caPath: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quant-tls-'))
    caPath = join(folder, 'ca.crt')
    authority = createAuthority('clickhouse-ca')
    other = createAuthority('clickhouse-ca')
    engines = await startTestEngines()
    front = await startHttpsFront(engines.clickhouse.url, authority.issue(['DNS:localhost', 'IP:127.0.0.1']))
    const admin = openClickHouse(connectionOf({ CH_PORT: String(engines.clickhouse.port), CH_DATABASE: 'default' }))
    for (const query of clickHouseSchema()) await admin.command({ query, query_params: { database: 'torghut' } })
    await admin.command({
      query: `INSERT INTO torghut.ta_microbars (symbol, event_ts, seq, ingest_ts, c)
        SELECT 'AAPL', fromUnixTimestamp64Milli(toInt64(${T} - 30000)), 1, fromUnixTimestamp64Milli(toInt64(${T} - 29000)), 101.5`,
    })
    await admin.close()
  })

  beforeEach(() => {
    writeFileSync(caPath, authority.pem)
    front.useCertificate(authority.issue(['DNS:localhost', 'IP:127.0.0.1']))
  })

  afterAll(async () => {
    await Promise.all([front?.stop(), engines?.stop()])
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })

  function connectionOf(environment: Record<string, string>): ClickHouseConnection {
    const { clickhouse } = readConfig({
      environment: { CH_HOST: 'localhost', ...environment },
      readFile: (path) => readFileSync(path, 'utf8'),
      isTerminal: false,
    })
    if (clickhouse === undefined) throw new Error('no connection')
    return clickhouse
  }

  const secure = (changes: Record<string, string>) =>
    connectionOf({ CH_SECURE: 'true', CH_PORT: String(front.port), CH_TIMEOUT_MS: '5000', ...changes })

  async function tlsSeen(connection: ClickHouseConnection): Promise<TlsState | undefined> {
    const agent = agentFor(connection)
    const client = openClickHouse(connection, agent)
    try {
      expect((await discoverMarket(client, { timeoutMs: 5_000 })).feeds.bars.missingColumns).toEqual([])
      return agent?.tls
    } finally {
      await client.close()
    }
  }

  async function failureOf(connection: ClickHouseConnection): Promise<string> {
    try {
      await tlsSeen(connection)
    } catch (error) {
      expect(error).toMatchObject({ code: 'source_tls_failed' })
      return describeError(error)
    }
    throw new Error('it was let in')
  }

  test('is let in by name and by address with the CA, as a path and as PEM text', async () => {
    for (const host of ['localhost', '127.0.0.1'])
      for (const ca of [caPath, authority.pem])
        await expect(tlsSeen(secure({ CH_HOST: host, CH_CA_CERT: ca }))).resolves.toMatchObject({
          version: 'TLSv1.3',
          verified: 'chain and host name',
          issuer: 'clickhouse-ca',
        })
  })

  test('is refused without the CA, and with the CA of somebody else, with the setting’s name', async () => {
    for (const changes of [{}, { CH_CA_CERT: 'system' }, { CH_CA_CERT: other.pem }])
      expect(await failureOf(secure(changes))).toMatch(/not signed by a CA that is trusted: set CH_CA_CERT/)
  })

  test('is refused also where a variable of Node’s turns verification off by default', async () => {
    const { out, code } = await runCli(['config', '--check'], {
      ...{ CH_HOST: 'localhost', CH_SECURE: 'true', CH_PORT: String(front.port), CH_CA_CERT: other.pem },
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    })
    expect(out).toMatch(/problem +clickhouse: the server's certificate is not signed by a CA that is trusted/)
    expect(code).toBe(1)
  })

  test('is refused where the certificate is for another host or has expired', async () => {
    front.useCertificate(authority.issue(['DNS:clickhouse.torghut.svc']))
    expect(await failureOf(secure({ CH_CA_CERT: caPath }))).toMatch(/another host name: set CH_HOST/)
    front.useCertificate(authority.issue(['DNS:localhost'], -1))
    expect(await failureOf(secure({ CH_CA_CERT: caPath }))).toMatch(/has expired: renew it/)
  })

  test('is refused where the port does not speak TLS', async () => {
    const failure = await failureOf(secure({ CH_CA_CERT: caPath, CH_PORT: String(engines.clickhouse.port) }))
    expect(failure).toMatch(/CH_PORT.*8443/)
  })

  test('a CA file that was rotated counts at the next connection, and never turns verification off', async () => {
    const connection = secure({ CH_CA_CERT: caPath })
    const client = openClickHouse(connection)
    const read = async () => (await discoverMarket(client, { timeoutMs: 5_000 })).serverVersion
    const tlsFailed = (message: RegExp) => ({ code: 'source_tls_failed', message: expect.stringMatching(message) })
    try {
      await read()
      front.useCertificate(other.issue(['DNS:localhost']))
      // The kept connection is closed, and the client has heard of it.
      await sleep(100)
      await expect(read()).rejects.toMatchObject(tlsFailed(/CH_CA_CERT/))
      rmSync(caPath)
      await expect(read()).rejects.toMatchObject(tlsFailed(/CH_CA_CERT names cannot be read any more/))
      writeFileSync(caPath, other.pem)
      await expect(read()).resolves.not.toBe('unknown')
    } finally {
      await client.close()
    }
  })

  test('a CA without CH_SECURE is told, and so is one that is none', () => {
    expect(() => connectionOf({ CH_CA_CERT: caPath })).toThrow(/CH_SECURE=true/)
    expect(() => secure({ CH_CA_CERT: join(folder, 'missing') })).toThrow(/CH_CA_CERT names a file that cannot be read/)
  })

  test('a user with readonly=1 suffices: nothing is sent that is a setting, and nothing that is not a SELECT', async () => {
    const readonly = await startHttpsFront(engines.clickhouse.url, authority.issue(['DNS:localhost']))
    const client = openClickHouse(secure({ CH_CA_CERT: caPath, CH_PORT: String(readonly.port) }))
    readonly.setReadonly()
    try {
      await expect(
        client.command({ query: 'INSERT INTO ta_microbars SELECT * FROM ta_microbars' }),
      ).rejects.toMatchObject({ code: '164' })
      const before = readonly.requests.length
      const told: string[] = []
      const source = new MarketSource({
        client,
        sink: {
          apply: () => undefined,
          applyPrices: (columns) => void told.push(...columns.map(({ symbol }) => `price ${symbol}`)),
          applySignals: (columns) => void told.push(...columns.map(({ symbol }) => `signal ${symbol}`)),
          applyMinutes: (feed) => void told.push(`minutes of ${feed}`),
          reject: (rejections) => expect(rejections).toEqual([]),
        },
        ...{ overlapMs: 30_000, timeoutMs: 5_000, wallNow: () => T, onStatement: () => undefined },
      })
      for (const at of [T, T + 1_000])
        await source.poll({
          ...{ at, fineFrom: T - 60_000, signal: new AbortController().signal, onProgress: () => undefined },
          demand: { kept: new Map([['AAPL', 60_000]]), watched: new Set(['MSFT']), pins: [T - 7_200_000] },
        })
      expect(told).toContain('price AAPL')
      expect(readonly.requests.length).toBeGreaterThanOrEqual(before + 4)
      for (const { url, body } of readonly.requests.slice(before)) {
        expect(body).toMatch(/^\s*SELECT /)
        const names = [...url.searchParams.keys()].filter((name) => !name.startsWith('param_'))
        expect(names.filter((name) => !['query_id', 'database'].includes(name))).toEqual([])
      }
    } finally {
      await client.close()
      await readonly.stop()
    }
  })

  test('config --check tells a user that could write from one with readonly=1', async () => {
    const environment = { CH_HOST: 'localhost', CH_SECURE: 'true', CH_CA_CERT: caPath, CH_PORT: String(front.port) }
    const ofWriter = await runCli(['config', '--check'], environment)
    expect(ofWriter.code).toBe(1)
    expect(ofWriter.out).toMatch(/tls +TLSv1\.3 .*chain and host name verified against the CA in .*ca\.crt/)
    expect(ofWriter.out).toMatch(/writing +readonly = 0; \d+ grants to write/)
    expect(ofWriter.out).toMatch(
      /problem +clickhouse: default could write\n +remedy +make a user of its own, set CH_USER and CH_PASSWORD/,
    )
    expect(ofWriter.out).toMatch(/table +ta_microbars: 5 columns readable/)
    expect(ofWriter.out).toMatch(/table +ta_signals: 7 columns readable/)
    front.setReadonly()
    const ofReader = await runCli(['config', '--check'], { ...environment, CH_CA_CERT: authority.pem })
    expect(ofReader.out).toMatch(/writing +readonly = 1; /)
    expect(ofReader.out).not.toMatch(/problem +clickhouse/)
    expect(ofReader.out).toMatch(/clock +[+−]\d\.\d{3} s from this machine's/)
  }, 60_000)
})
