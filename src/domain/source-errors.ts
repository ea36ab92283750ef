import type { ErrorCode } from './errors.js'

/** What `quant_source_errors_total{kind}` tells apart: each asks for another remedy. */
export const SOURCE_ERROR_KINDS = [
  'unreachable',
  'timeout',
  'authentication',
  'tls',
  'schema',
  'query',
  'malformed',
  'internal',
] as const
export type SourceErrorKind = (typeof SOURCE_ERROR_KINDS)[number]

const KIND_OF: Partial<Record<ErrorCode, SourceErrorKind>> = {
  source_unreachable: 'unreachable',
  source_timeout: 'timeout',
  source_authentication_failed: 'authentication',
  source_tls_failed: 'tls',
  schema_unsupported: 'schema',
  source_query_failed: 'query',
  source_answer_malformed: 'malformed',
}

/** The kind of a failed read; `internal` where the source is not to blame. */
export function sourceErrorKind(code: ErrorCode | 'internal_error'): SourceErrorKind {
  return (code === 'internal_error' ? undefined : KIND_OF[code]) ?? 'internal'
}
