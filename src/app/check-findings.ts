import {
  type ClickHouseConnection,
  isLoopback,
  isSocket,
  type PostgresConnection,
  type TlsState,
} from '../domain/connections.js'
import type { SourceName } from '../domain/ports.js'
import { DAY_MS, type EpochMs, SECOND_MS, toIso } from '../domain/time.js'
import type { MarketCheck } from '../ingest/clickhouse/check.js'
import type { TorghutCheck } from '../ingest/postgres/check.js'

/** Something that whoever runs the exporter should know. */
export interface Finding {
  readonly source: SourceName
  /** A problem is to be mended; a note is not, or not necessarily. */
  readonly kind: 'problem' | 'note'
  readonly what: string
  readonly remedy: string | undefined
}

/** What a process needs. */
const CONNECTIONS = 2
const LARGEST_OFFSET_MS = SECOND_MS
const SOON_MS = 14 * DAY_MS
const SCRIPT = 'run deploy/sql/torghut-reader.sql'
/** The transaction is read-only; the role has no such privilege. */
const REFUSALS = ['25006', '42501']

type Told = readonly [kind: Finding['kind'], what: string, remedy?: string]

export function torghutFindings(connection: PostgresConnection, check: TorghutCheck, now: EpochMs): Finding[] {
  return [
    ...torghutTables(check),
    ...torghutWriting(check),
    ...torghutConnections(check),
    ...torghutTls(connection, check.tls, now),
    ...clockFinding(check.clock),
  ].map(([kind, what, remedy]) => ({ source: 'postgres', kind, what, remedy }))
}

export function marketFindings(connection: ClickHouseConnection, check: MarketCheck, now: EpochMs): Finding[] {
  return [
    ...marketTables(check),
    ...marketWriting(check),
    ...marketTls(connection, check.tls, now),
    ...clockFinding(check.clock),
  ].map(([kind, what, remedy]) => ({ source: 'clickhouse', kind, what, remedy }))
}

function torghutTables({ access, schema, role }: TorghutCheck): Told[] {
  const told: Told[] = access.flatMap(({ table, forbidden, readable }): Told[] => {
    if (forbidden.length === 0) return []
    const columns = readable.length === 0 ? '' : `, columns ${forbidden.join(', ')}`
    return [
      [
        'problem',
        `${role} may not read ${table}${columns}`,
        `GRANT SELECT ON TABLE public.${table} TO ${quoted(role)}, or ${SCRIPT}`,
      ],
    ]
  })
  const isAbsent = access.some(({ isThere, missing }) => !isThere || missing.length > 0)
  if (schema.problems.length > 0 && isAbsent)
    told.push([
      'problem',
      `this schema cannot be read: ${schema.problems.join('; ')}`,
      'check that TORGHUT_DB_DSN names the trading database',
    ])
  return told
}

function torghutWriting({ writing, access, isSuperuser, role, otherTables }: TorghutCheck): Told[] {
  const told: Told[] = []
  const writable = access.filter(({ mayWrite }) => mayWrite.length > 0).map(({ table }) => table)
  if (writing.attempted !== undefined && !REFUSALS.includes(writing.refusedWith ?? ''))
    told.push([
      'problem',
      `an attempt to write was not refused (${writing.refusedWith ?? 'it went through'}), although its transaction is read-only`,
      'connect to the server itself, or to a pooler that keeps transactions apart',
    ])
  if (isSuperuser) told.push(['problem', `${role} is a superuser`, `${SCRIPT} and connect as the role that it makes`])
  else if (writable.length > 0)
    told.push([
      'problem',
      `${role} could write to ${writable.join(', ')}, were its sessions not read-only`,
      `${SCRIPT} and connect as the role that it makes`,
    ])
  if (!writing.sessionIsReadOnly)
    told.push(['note', 'the session does not keep default_transaction_read_only; each transaction says it again'])
  if (otherTables > 0 && !isSuperuser)
    told.push(['note', `${role} may read ${otherTables} more tables than are needed`, `${SCRIPT} for one that may not`])
  return told
}

function torghutConnections({ connections, role }: TorghutCheck): Told[] {
  const { roleLimit, roleUsed, serverLimit, serverUsed, exporters } = connections
  if (roleLimit >= 0 && roleLimit < CONNECTIONS)
    return [
      [
        'problem',
        `${role} may have ${roleLimit} connections and a process opens ${CONNECTIONS}`,
        `ALTER ROLE ${quoted(role)} CONNECTION LIMIT ${CONNECTIONS}, times the number of processes`,
      ],
    ]
  // Ours of this moment is free again when the check ends.
  const left = 1 + Math.min(roleLimit < 0 ? Number.POSITIVE_INFINITY : roleLimit - roleUsed, serverLimit - serverUsed)
  if (left >= CONNECTIONS) return []
  const what = `${left} of the connections that a process opens (${CONNECTIONS}) ${left === 1 ? 'is' : 'are'} free`
  if (exporters > 0) return [['note', `${what}; ${exporters} are held by a quant-exporter that runs already`]]
  return [['problem', what, 'end what holds the others, or raise the limit of the role or of the server']]
}

function torghutTls({ host, tls: { mode } }: PostgresConnection, tls: TlsState | undefined, now: EpochMs): Told[] {
  if (tls === undefined)
    return isLoopback(host) || isSocket(host)
      ? []
      : [['note', 'the connection is not encrypted (sslmode=disable)', 'sslmode=verify-full, with TORGHUT_DB_CA_CERT']]
  if (tls.verified === 'nothing')
    return [
      [
        'note',
        `the server's certificate is not verified (sslmode=${mode} without a CA)`,
        'set TORGHUT_DB_CA_CERT, and sslmode=verify-full',
      ],
    ]
  return expiry(tls, now)
}

function marketTls({ url }: ClickHouseConnection, tls: TlsState | undefined, now: EpochMs): Told[] {
  if (tls !== undefined) return expiry(tls, now)
  return isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''))
    ? []
    : [['note', 'the connection is not encrypted, nor is the password on its way', 'CH_SECURE=true, with CH_CA_CERT']]
}

function expiry({ validTo }: TlsState, now: EpochMs): Told[] {
  if (validTo - now > SOON_MS) return []
  return [['note', `the server's certificate expires at ${toIso(validTo)}`, 'see that it is renewed by then']]
}

function marketTables({ access, user }: MarketCheck): Told[] {
  return access.flatMap(({ table, isThere, missing, refusal }): Told[] => {
    if (refusal !== undefined)
      return [['problem', `${table}: ${refusal}`, `GRANT SELECT ON ${table} TO ${quoted(user)}`]]
    if (!isThere)
      return [
        [
          'problem',
          `${table} is not there, or ${user} may not see it`,
          `check CH_DATABASE; else GRANT SELECT ON ${table} TO ${quoted(user)}`,
        ],
      ]
    return missing.length === 0 ? [] : [['note', `${table} lacks ${missing.join(', ')}`]]
  })
}

function marketWriting({ readonly, writeGrants, user }: MarketCheck): Told[] {
  if (readonly > 0 || writeGrants.length === 0) return []
  // The default user is everybody's: others may have to write as it.
  const remedy =
    user === 'default'
      ? 'make a user of its own, set CH_USER and CH_PASSWORD (docs/sources.md)'
      : `ALTER USER ${quoted(user)} SETTINGS readonly = 1 (docs/sources.md); where others use ${user} too, make one of its own`
  return [['problem', `${user} could write`, remedy]]
}

function clockFinding({ offsetMs, uncertaintyMs }: TorghutCheck['clock']): Told[] {
  if (Math.abs(offsetMs) - uncertaintyMs <= LARGEST_OFFSET_MS) return []
  return [
    [
      'problem',
      `its clock is ${(Math.abs(offsetMs) / SECOND_MS).toFixed(1)} s ${offsetMs > 0 ? 'ahead of' : 'behind'} this machine's: ages and freshness are off by that`,
      'set both clocks by NTP',
    ],
  ]
}

/** A name as both servers' SQL takes it. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
