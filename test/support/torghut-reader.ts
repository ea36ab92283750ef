import type pg from 'pg'
import { parseDsn } from '../../src/config/dsn.js'
import type { Fact, FactRejection } from '../../src/domain/facts.js'
import { openTorghutPool } from '../../src/ingest/postgres/pool.js'
import { TorghutSource } from '../../src/ingest/postgres/torghut-source.js'

/** Connections to a test's server as the product opens them. */
export function openReaderPool(dsn: string, database = 'postgres'): pg.Pool {
  const parsed = parseDsn(dsn)
  if (typeof parsed === 'string') throw new Error(parsed)
  const connection = { host: '127.0.0.1', port: parsed.port, database, user: 'postgres', password: undefined }
  return openTorghutPool({ ...connection, tls: { mode: 'disable' } }, () => undefined)
}

/** A source with the product's overlaps, and all that it said; the clock of its schema discovery stands. */
export interface RecordedSource {
  readonly source: TorghutSource
  readonly facts: Fact[]
  readonly rejections: FactRejection[]
  readonly statements: string[]
  wallMs: number
  /** So many statements go through, and the next finds its connection lost. */
  statementsLeft: number
}

/** `also` is told the same facts. */
export function recordSource(pool: pg.Pool, also: { apply(facts: readonly Fact[]): void } = NOBODY): RecordedSource {
  const facts: Fact[] = []
  const rejections: FactRejection[] = []
  const statements: string[] = []
  const recorded = { facts, rejections, statements, wallMs: 0, statementsLeft: Number.POSITIVE_INFINITY }
  const source = new TorghutSource({
    pool,
    sink: {
      apply(some) {
        for (const fact of some) facts.push(fact)
        also.apply(some)
      },
      applyPrices: () => undefined,
      applySignals: () => undefined,
      applyMinutes: () => undefined,
      reject: (some) => void rejections.push(...some),
    },
    overlapMs: 30_000,
    decisionOverlapMs: 300_000,
    wallNow: () => recorded.wallMs,
    onStatement: (name) => {
      if (recorded.statementsLeft <= 0) throw Object.assign(new Error('the connection is lost'), { code: 'ECONNRESET' })
      recorded.statementsLeft -= 1
      statements.push(name)
    },
  })
  return Object.assign(recorded, { source })
}

const NOBODY = { apply: () => undefined }
