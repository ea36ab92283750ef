import { createHash } from 'node:crypto'
import type { Config } from '../../config/config.js'

/** Counts the ways in which ledgers are made of facts, and facts of rows: another one, and checkpoints are of no use. */
const LEDGER_VERSION = 1

/** What checkpoints depend on beside the facts, as one short text: the program, its formulas, what is configured. */
export function madeByOf(
  { file, sessionRollMs, markMaxAgeMs, revision }: Config,
  version: string,
  formulaSet: string,
): string {
  const all = [LEDGER_VERSION, version, revision, formulaSet, file.text, sessionRollMs, markMaxAgeMs]
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 32)
}
