import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = 'docs/runbooks'

/** What runbooks have people paste and look for. */
export interface RunbookCommands {
  /** Paths of the exporter, with ID and ACCOUNT to fill in. */
  readonly paths: readonly string[]
  /** Statements for Postgres and for ClickHouse. */
  readonly postgres: readonly string[]
  readonly clickhouse: readonly string[]
  /** What the log is said to hold. */
  readonly logPhrases: readonly string[]
}

/** All of all runbooks, each once. */
export function runbookCommands(): RunbookCommands {
  const text = readdirSync(FOLDER)
    .map((name) => readFileSync(`${FOLDER}/${name}`, 'utf8'))
    .join('\n')
  const all = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))]
  return {
    paths: all(/curl [^|\n]*?http:\/\/127\.0\.0\.1:9464([^'"\s]+)/g),
    postgres: all(/psql "\$\w+" -c '([^']+)'/g),
    clickhouse: all(/clickhouse-client --query '([^']+)'/g),
    logPhrases: [...all(/log has `([^`]+)`/g), ...all(/-e '([^']+)'/g)],
  }
}
