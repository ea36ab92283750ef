/**
 * Every failure that the program foresees: a code for machines, a sentence for people, and the cause for operators.
 *
 * Codes are a closed list so that logs, `/health` and `quant_source_errors_total{kind}` speak of the same things.
 */
export const ERROR_CODES = [
  'usage',
  'configuration_invalid',
  'listen_failed',
  'source_unreachable',
  'source_authentication_failed',
  'source_tls_failed',
  'source_timeout',
  'source_query_failed',
  'source_answer_malformed',
  'schema_unsupported',
  'engine_failed',
  'facts_unreadable',
  'facts_rejected',
  'check_failed',
  'refused',
  'gate_failed',
  'gate_unknown',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export class QuantError extends Error {
  override readonly name = 'QuantError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: { cause?: unknown; context?: Record<string, string | number>; retryable?: boolean } = {},
  ) {
    super(message, { cause: options.cause })
  }
  get retryable(): boolean {
    return this.options.retryable ?? false
  }
}

/** What the cause of an error calls itself: the number or letters that a database gave it; empty where it has none. */
export function causeCodeOf(error: unknown): string {
  const cause = error instanceof QuantError ? error.cause : undefined
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
}

/** Several problems found in one go; each stands on a line of its own. */
export class QuantErrors extends QuantError {
  constructor(
    code: ErrorCode,
    headline: string,
    readonly problems: readonly string[],
  ) {
    super(
      code,
      problems.length === 1
        ? `${headline}: ${problems[0]}`
        : `${headline}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    )
  }
}
