import type { Check } from '../app/check-sources.js'
import type { Config } from '../config/config.js'
import { describeSettings } from '../config/describe.js'
import type { TlsState } from '../domain/connections.js'
import { toIso } from '../domain/time.js'

type TorghutState = Extract<NonNullable<Check['torghut']>, { state: unknown }>['state']
type MarketState = Extract<NonNullable<Check['market']>, { state: unknown }>['state']

/** The check for a person: what each source is like, then what is to be known and done. */
export function checkText(config: Config, check: Check): string {
  const shown = describeSettings(config)
  const { torghut, market, insufficient, findings } = check
  const lines: string[] = []
  if (torghut !== undefined) {
    lines.push(`postgres     ${shown.torghutDsn}`)
    if ('state' in torghut) lines.push(...torghutLines(torghut.state, shown.torghutCa).map(indented))
  }
  if (market !== undefined) {
    lines.push(`clickhouse   ${config.clickhouse?.url}, database ${config.clickhouse?.database}`)
    if ('state' in market) lines.push(...marketLines(market.state, shown.clickhouseCa).map(indented))
  }
  for (const { metric, lacks } of insufficient) lines.push(`insufficient ${metric}: no ${lacks}`)
  for (const { kind, source, what, remedy } of findings) {
    lines.push(`${kind.padEnd(13)}${source}: ${what}`)
    if (remedy !== undefined) lines.push(indented(['remedy', remedy]))
  }
  return `${lines.join('\n')}\n`
}

/** The same for a machine. */
export function checkJson(config: Config, check: Check): string {
  const shown = describeSettings(config)
  const { torghut, market, insufficient, findings } = check
  return `${JSON.stringify(
    {
      ok: findings.every(({ kind }) => kind !== 'problem'),
      postgres:
        torghut === undefined
          ? null
          : { dsn: shown.torghutDsn, ...('state' in torghut ? torghutBody(torghut.state) : {}) },
      clickhouse:
        market === undefined
          ? null
          : { url: config.clickhouse?.url, ...('state' in market ? marketBody(market.state) : {}) },
      insufficient,
      findings: findings.map(({ remedy, ...finding }) => ({ ...finding, remedy: remedy ?? null })),
    },
    null,
    2,
  )}\n`
}

type Line = readonly [name: string, text: string]

function indented([name, text]: Line): string {
  return `  ${name.padEnd(12)}${text}`
}

function torghutLines(state: TorghutState, ca: string): Line[] {
  const { schema, role, tls, writing, clock, connections, access, books } = state
  const { roleLimit, roleUsed, serverLimit, serverUsed } = connections
  const ofRole =
    roleLimit < 0 ? `${roleUsed} of this role, which has no limit` : `${roleUsed} of the role's ${roleLimit}`
  const left = Math.min(roleLimit < 0 ? Number.POSITIVE_INFINITY : roleLimit - roleUsed, serverLimit - serverUsed)
  const refusal = writing.attempted === undefined ? 'no table to try it on' : attemptText(state)
  return [
    ['server', `Postgres ${schema.serverVersion}, as role ${role}`],
    ['tls', tlsText(tls, ca)],
    [
      'writing',
      `session read-only: ${writing.sessionIsReadOnly ? 'yes' : 'no'}; ${refusal}; privileges to write: ${privilegeText(state)}`,
    ],
    ['clock', clockText(clock)],
    [
      'connections',
      `${ofRole} and ${serverUsed} of the server's ${serverLimit} in use, this one included; ${left} left`,
    ],
    ...access.map(
      ({ table, isThere, readable, forbidden, missing }): Line => [
        'table',
        isThere ? `${table}: ${columnsText(readable, missing, forbidden)}` : `${table}: missing`,
      ],
    ),
    [
      'schema',
      schema.problems.length === 0 ? `can be read; ${books} books` : `cannot be read: ${schema.problems.join('; ')}`,
    ],
  ]
}

function attemptText({ writing: { attempted, refusedWith } }: TorghutState): string {
  return `${attempted}: ${refusedWith === undefined ? 'not refused' : `refused with ${refusedWith}`}`
}

function privilegeText({ access, isSuperuser }: TorghutState): string {
  if (isSuperuser) return 'all, as a superuser'
  const given = access.filter(({ mayWrite }) => mayWrite.length > 0)
  return given.length === 0 ? 'none' : given.map(({ table, mayWrite }) => `${table} ${mayWrite.join(' ')}`).join(', ')
}

function marketLines({ schema, user, readonly, writeGrants, tls, clock, access }: MarketState, ca: string): Line[] {
  return [
    ['server', `ClickHouse ${schema.serverVersion}, as user ${user}`],
    ['tls', tlsText(tls, ca)],
    [
      'writing',
      `readonly = ${readonly}; ${writeGrants.length === 0 ? 'no grant to write' : `${writeGrants.length} grants to write`}`,
    ],
    ['clock', clockText(clock)],
    ...access.map(
      ({ table, isThere, readable, missing, refusal }): Line => [
        'table',
        isThere ? `${table}: ${refusal ?? columnsText(readable, missing, [])}` : `${table}: missing`,
      ],
    ),
  ]
}

function columnsText(readable: readonly string[], missing: readonly string[], forbidden: readonly string[]): string {
  const parts = [
    `${readable.length} columns readable`,
    ...(missing.length === 0 ? [] : [`lacks ${missing.join(', ')}`]),
    ...(forbidden.length === 0 ? [] : [`may not read ${forbidden.join(', ')}`]),
  ]
  return parts.join('; ')
}

function tlsText(tls: TlsState | undefined, ca: string): string {
  if (tls === undefined) return 'none'
  const verified = tls.verified === 'nothing' ? 'NOT verified' : `${tls.verified} verified against ${ca}`
  return `${tls.version} ${tls.cipher}; ${verified}; certificate of ${tls.subject} by ${tls.issuer} until ${toIso(tls.validTo)}`
}

function clockText({ offsetMs, uncertaintyMs }: { offsetMs: number; uncertaintyMs: number }): string {
  return `${offsetMs < 0 ? '−' : '+'}${Math.abs(offsetMs / 1000).toFixed(3)} s from this machine's (± ${(uncertaintyMs / 1000).toFixed(3)})`
}

function torghutBody({ schema, tls, ...state }: TorghutState): object {
  return { server_version: schema.serverVersion, problems: schema.problems, tls: tls ?? null, ...state }
}

function marketBody({ schema, tls, ...state }: MarketState): object {
  return { server_version: schema.serverVersion, tls: tls ?? null, ...state }
}
