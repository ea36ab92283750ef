import { causeCodeOf, type ErrorCode, QuantError } from '../../domain/errors.js'
import type { SourceName } from '../../domain/ports.js'
import { describeError } from '../../lib/logger.js'
import type { Check } from '../check-sources.js'
import { type Finding, finding, type Trouble } from './hop.js'

/** The server's code for "no more connections". */
const TOO_MANY_CONNECTIONS = '53300'

interface Words {
  readonly address: string
  /** The setting that names the database with the tables. */
  readonly database: string
  readonly who: string
  readonly ca: string
}

const WORDS: Readonly<Record<SourceName, Words>> = {
  postgres: {
    address: 'host, port and database in TORGHUT_DB_DSN',
    database: 'TORGHUT_DB_DSN',
    who: 'user and password in TORGHUT_DB_DSN, and make the role with deploy/sql/torghut-reader.sql',
    ca: 'TORGHUT_DB_CA_CERT and sslmode',
  },
  clickhouse: {
    address: 'CH_HOST and CH_PORT',
    database: 'CH_DATABASE',
    who: 'CH_USER and CH_PASSWORD',
    ca: 'CH_CA_CERT and CH_SECURE',
  },
}

/**
 * What `config --check` found of one source.
 *
 * @param isRead whether a running exporter reads it at this moment
 */
export function sourceFinding(source: SourceName, check: Check, isRead: boolean): Finding {
  const asked = source === 'postgres' ? check.torghut : check.market
  if (asked !== undefined && 'error' in asked) return unanswered(source, asked.error, isRead)
  const findings = check.findings.filter((each) => each.source === source)
  const of = (kind: 'problem' | 'note') =>
    findings
      .filter((each) => each.kind === kind)
      .map(({ what, remedy }): Trouble => ({ what, remedy: remedy ?? 'docs/sources.md tells more' }))
  return finding({ told: toldOf(source, check), troubles: of('problem'), notes: of('note') })
}

function toldOf(source: SourceName, { torghut, market }: Check): string[] {
  if (source === 'postgres')
    return torghut !== undefined && 'state' in torghut
      ? [`Postgres ${torghut.state.schema.serverVersion}, as role ${torghut.state.role}`]
      : []
  return market !== undefined && 'state' in market
    ? [`ClickHouse ${market.state.schema.serverVersion}, as user ${market.state.user}`]
    : []
}

function unanswered(source: SourceName, error: unknown, isRead: boolean): Finding {
  if (isRead && causeCodeOf(error) === TOO_MANY_CONNECTIONS)
    return finding({ told: ['no connection is left to ask it; the exporter holds them and reads it'] })
  const told = describeError(error)
  const what = told.startsWith(`${source}: `) ? told.slice(source.length + 2) : told
  return finding({ troubles: [{ what, remedy: remedyOf(source, error) }] })
}

function remedyOf(source: SourceName, error: unknown): string {
  const { address, database, who, ca } = WORDS[source]
  const remedies: Partial<Record<ErrorCode, string>> = {
    source_unreachable:
      causeCodeOf(error) === TOO_MANY_CONNECTIONS
        ? 'end what holds the connections, or raise the limit of the role'
        : `check ${address}, and that no firewall or network policy lies between`,
    source_timeout: `check ${address}, and that no firewall or network policy lies between`,
    source_authentication_failed: `check ${who}`,
    source_tls_failed: `set ${ca} as docs/sources.md tells under TLS`,
    schema_unsupported: `check ${database}: these are not the tables of the trading system`,
  }
  return (error instanceof QuantError ? remedies[error.code] : undefined) ?? 'the log of the server tells more'
}
