/**
 * Labels that tell processes apart, or come and go in the life of a book: a rule that kept them would give two alerts for
 * two replicas, and another one after each restart.
 */
const OF_PROCESSES = [
  ...['instance', 'pod', 'container', 'endpoint', 'service', 'node', 'uid', 'shard', 'replica'],
  ...['freshness', 'formula_version'],
]

/** One sample for each label set that remains: replicas of a shard say the same. */
export function acrossProcesses(expr: string): string {
  return `max without (${OF_PROCESSES.join(', ')}) (${expr})`
}

/** An installation of the exporter: nothing of it is mixed with another's. */
export const INSTALLATION = ['cluster', 'namespace'] as const

export function by(...labels: readonly string[]): string {
  return `by (${[...INSTALLATION, ...labels].join(', ')})`
}

export function on(...labels: readonly string[]): string {
  return `on (${[...INSTALLATION, ...labels].join(', ')})`
}

/** Nothing while the market of the sample's calendar is closed. Where no session is known nothing is held back. */
export function inSession(expr: string): string {
  return `(${expr}) unless on (calendar) (max by (calendar) (quant_market_session_open) == 0)`
}

/** Remembers, while the exporter is away, until when every market in use is closed. */
export const ALL_CLOSED_UNTIL = 'quant:all_closed_until_timestamp_seconds:latest'

/** What a rule of two severities adds to its expression: the second form is for when every market is closed. */
export const WHILE_A_MARKET_IS_OPEN = `unless on () (${ALL_CLOSED_UNTIL} > time())`
export const WHILE_ALL_ARE_CLOSED = `and on () (${ALL_CLOSED_UNTIL} > time())`
