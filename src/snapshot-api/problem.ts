import type { Shard } from '../domain/shards.js'

/** What clients are told when they get no answer: RFC 9457, with every problem of a request at once. */

/** The kinds of problem, each with its status and title. The kind is the end of the `type` URI, part of the contract. */
export const PROBLEM_KINDS = {
  'invalid-parameters': { status: 400, title: 'Invalid parameters' },
  unauthorized: { status: 401, title: 'A token is asked for' },
  'host-not-allowed': { status: 403, title: 'Host not allowed' },
  'unknown-name': { status: 404, title: 'Unknown strategy, account or metric' },
  'unknown-path': { status: 404, title: 'No such path' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'not-acceptable': { status: 406, title: 'Not acceptable' },
  'body-too-large': { status: 413, title: 'Body too large' },
  'uri-too-long': { status: 414, title: 'Address too long' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  misdirected: { status: 421, title: 'Another shard has the book' },
  'too-large': { status: 422, title: 'Too large a request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Unexpected error' },
  'no-store': { status: 501, title: 'No store is configured' },
  busy: { status: 503, title: 'Busy' },
  'not-alive': { status: 503, title: 'No tick completes' },
  'not-ready': { status: 503, title: 'Not ready' },
  'shard-unavailable': { status: 503, title: 'The shard that has the book does not answer' },
  'store-unavailable': { status: 503, title: 'The store does not answer' },
} as const satisfies Record<string, { status: number; title: string }>
export type ProblemKind = keyof typeof PROBLEM_KINDS

export const PROBLEM_TYPE_PREFIX = 'urn:quant-exporter:problem:'

export const NOT_READY_REASONS = ['warming_up', 'disabled', 'stopping'] as const
type NotReadyReason = (typeof NOT_READY_REASONS)[number]

/** One thing that is wrong with one parameter. */
export interface ParameterProblem {
  readonly parameter: string
  readonly problem: string
  /** All that would be accepted, where that is a short list. */
  readonly allowed?: readonly string[]
  /** Known names that look like the unknown one. */
  readonly near?: readonly string[]
}

interface ProblemDetails {
  readonly detail: string
  readonly errors?: readonly ParameterProblem[]
  readonly reason?: NotReadyReason
  /** The shard that has the book. */
  readonly shard?: Shard
  readonly headers?: Readonly<Record<string, string>>
}

/** Ends a request with a problem: thrown anywhere below a route, written by the application's error middleware. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  constructor(
    readonly kind: ProblemKind,
    readonly details: ProblemDetails,
  ) {
    super(details.detail)
  }
}

const LONGEST_QUOTE = 64

/** Text from outside, shortened so that an answer never grows with the question. */
export function shorten(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
}
