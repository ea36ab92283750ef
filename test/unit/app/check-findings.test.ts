import { type Finding, marketFindings, torghutFindings } from '../../../src/app/check-findings.js'
import type { ClickHouseConnection, PostgresConnection, TlsState } from '../../../src/domain/connections.js'
import { DAY_MS } from '../../../src/domain/time.js'
import type { MarketCheck } from '../../../src/ingest/clickhouse/check.js'
import type { TorghutCheck } from '../../../src/ingest/postgres/check.js'
import { TorghutSchema } from '../../../src/ingest/postgres/schema.js'

const NOW = Date.parse('2026-11-20T19:30:00Z')

const POSTGRES: PostgresConnection = {
  ...{ host: 'db.example', port: 5432, database: 'torghut', user: 'reader', password: undefined },
  tls: { mode: 'verify-full', ca: { kind: 'system' } },
}
const CLICKHOUSE: ClickHouseConnection = {
  ...{ url: 'https://ch.example:8443', database: 'torghut', user: 'reader', password: undefined },
  ...{ ca: { kind: 'system' }, timeoutMs: 1000 },
}
const TLS: TlsState = {
  ...{ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: 'chain and host name' },
  ...{ subject: 'db', issuer: 'ca', validTo: NOW + 60 * DAY_MS },
}
const CLOCK = { offsetMs: 3, uncertaintyMs: 1 }
const TORGHUT: TorghutCheck = {
  ...{
    schema: new TorghutSchema('15.0', []),
    books: 0,
    booksByStrategy: {},
    accounts: 0,
    role: 'reader',
    isSuperuser: false,
    otherTables: 0,
    tls: TLS,
  },
  writing: { sessionIsReadOnly: true, attempted: 'UPDATE …', refusedWith: '25006' },
  ...{ clock: CLOCK, access: [] },
  connections: { roleLimit: 2, roleUsed: 1, serverLimit: 97, serverUsed: 5, exporters: 0 },
}
const MARKET: MarketCheck = {
  schema: {
    ...{ serverVersion: '25.3', hasQuotes: true, lacking: new Map() },
    feeds: {
      bars: { table: 'ta_microbars', missingColumns: [] },
      signals: { table: 'ta_signals', missingColumns: [] },
    },
  },
  ...{ user: 'reader', readonly: 1, writeGrants: [], tls: TLS, clock: CLOCK, access: [] },
}

const torghut = (changes: Partial<TorghutCheck>, connection: Partial<PostgresConnection> = {}) =>
  textsOf(torghutFindings({ ...POSTGRES, ...connection }, { ...TORGHUT, ...changes }, NOW))
const market = (changes: Partial<MarketCheck>, connection: Partial<ClickHouseConnection> = {}) =>
  textsOf(marketFindings({ ...CLICKHOUSE, ...connection }, { ...MARKET, ...changes }, NOW))
const textsOf = (findings: readonly Finding[]) => findings.map(({ kind, what }) => `${kind}: ${what}`)

describe('the judgement of a check', () => {
  test('has nothing to say of good sources', () => {
    // A schema without tables and without access is no question of grants.
    expect(torghut({})).toEqual([])
    expect(market({})).toEqual([])
  })

  test('tells a clock that is off by more than a second, beyond what the question took', () => {
    expect(torghut({ clock: { offsetMs: -2_500, uncertaintyMs: 10 } })).toEqual([
      `problem: its clock is 2.5 s behind this machine's: ages and freshness are off by that`,
    ])
    expect(market({ clock: { offsetMs: 1_200, uncertaintyMs: 10 } })).toEqual([
      `problem: its clock is 1.2 s ahead of this machine's: ages and freshness are off by that`,
    ])
    expect(market({ clock: { offsetMs: 1_200, uncertaintyMs: 300 } })).toEqual([])
  })

  test('tells an attempt to write that was let through, or failed for another reason', () => {
    const writing = { sessionIsReadOnly: true, attempted: 'UPDATE …' }
    expect(torghut({ writing: { ...writing, refusedWith: undefined } })).toEqual([
      'problem: an attempt to write was not refused (it went through), although its transaction is read-only',
    ])
    expect(torghut({ writing: { ...writing, refusedWith: '57014' } })).toHaveLength(1)
    expect(torghut({ writing: { ...writing, refusedWith: '42501' } })).toEqual([])
  })

  test('counts connections of the server as well as those of the role', () => {
    const full = { roleLimit: -1, roleUsed: 1, serverLimit: 97, serverUsed: 97, exporters: 0 }
    expect(torghut({ connections: full })).toEqual(['problem: 1 of the connections that a process opens (2) is free'])
    expect(torghut({ connections: { ...full, serverUsed: 96 } })).toEqual([])
  })

  test('tells what is not encrypted beyond this machine, and a certificate that ends soon', () => {
    const open = { tls: { mode: 'disable' } } as const
    expect(torghut({ tls: undefined }, open)).toEqual(['note: the connection is not encrypted (sslmode=disable)'])
    expect(torghut({ tls: undefined }, { ...open, host: '127.0.0.1' })).toEqual([])
    expect(market({ tls: undefined }, { url: 'http://ch.example:8123', ca: undefined })).toHaveLength(1)
    expect(market({ tls: undefined }, { url: 'http://[::1]:8123', ca: undefined })).toEqual([])
    expect(torghut({ tls: { ...TLS, validTo: NOW + DAY_MS } })).toEqual([
      "note: the server's certificate expires at 2026-11-21T19:30:00.000Z",
    ])
  })

  test('lets a ClickHouse user pass that is readonly or has no grant to change anything', () => {
    const writeGrants = ['GRANT INSERT ON torghut.* TO reader']
    expect(market({ readonly: 0, writeGrants })).toEqual(['problem: reader could write'])
    expect(market({ readonly: 0 })).toEqual([])
    expect(market({ writeGrants })).toEqual([])
  })

  test('tells of a ClickHouse table that is refused or not there', () => {
    const feed = { table: 'ta_microbars', isThere: true, readable: [], missing: [], refusal: undefined }
    expect(market({ access: [{ ...feed, refusal: 'clickhouse: no' }] })).toEqual([
      'problem: ta_microbars: clickhouse: no',
    ])
    expect(market({ access: [{ ...feed, isThere: false }] })).toHaveLength(1)
    expect(market({ access: [{ ...feed, missing: ['imbalance_bid_px'] }] })).toEqual([
      'note: ta_microbars lacks imbalance_bid_px',
    ])
  })
})
