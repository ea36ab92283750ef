import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../../src/config/config.js'
import type { ClickHouseConnection, TlsState } from '../../src/domain/connections.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { agentFor, openClickHouse } from '../../src/ingest/clickhouse/client.js'
import { discoverMarket } from '../../src/ingest/clickhouse/schema.js'
import { describeError } from '../../src/lib/logger.js'
import { clickHouseSchema } from '../../src/simulator/torghut/clickhouse-schema.js'
import { type Authority, createAuthority } from '../support/authority.js'
import { startTestEngines } from '../support/embedded.js'
import { type HttpsFront, startHttpsFront } from '../support/https-front.js'
import { hasProgram } from '../support/programs.js'

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
      expect((await discoverMarket(client)).feeds.bars.missingColumns).toEqual([])
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
    const read = async () => (await discoverMarket(client)).serverVersion
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
})
