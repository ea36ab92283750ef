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

/** Remembers, while the exporter is away, until when every market that an installation uses is closed. */
export const ALL_CLOSED_UNTIL = 'quant:all_closed_until_timestamp_seconds:latest'

/**
 * The two forms of a rule of two severities: the first is for when a market is open, or nobody knows; the second for when
 * every market of the installation is closed.
 */
export function byMarkets(expr: string): { readonly open: string; readonly closed: string } {
  const closed = `${on()} (${ALL_CLOSED_UNTIL} > time())`
  return { open: `${expr} unless ${closed}`, closed: `${expr} and ${closed}` }
}

/** The same for what belongs to no installation that is known: closed only where all of those remembered are. */
export function byAllMarkets(expr: string): ReturnType<typeof byMarkets> {
  const closed = `on () (min(${ALL_CLOSED_UNTIL}) > time())`
  return { open: `${expr} unless ${closed}`, closed: `${expr} and ${closed}` }
}
