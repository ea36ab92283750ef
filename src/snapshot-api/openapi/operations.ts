import type { ProblemKind } from '../problem.js'
import { ALERTS, EXPLAIN, GATE, type Parameter, SERIES, SNAPSHOT, STREAM } from './parameters.js'
import type { SchemaName } from './schemas.js'

/** What one path answers, as the document describes it. */
export interface Operation {
  readonly summary: string
  readonly description: string
  readonly parameters: Readonly<Record<string, Parameter>>
  /** What a 200 can be, by media type; `text` is described by the description alone. */
  readonly answers: Readonly<Record<string, SchemaName | 'text'>>
  readonly headers?: readonly HeaderName[]
  /** Beside those that every path can answer with. */
  readonly problems: readonly ProblemKind[]
  /** A conditional request can be answered with 304. */
  readonly isConditional?: true
  /** Which token it asks for, where one is configured. */
  readonly token?: 'api' | 'metrics'
}

export const HEADERS = {
  'X-Request-Id': 'The id of the request: the caller’s own where it is harmless, else a new one.',
  ETag: 'Weak: equal tags mean equal values; ages are not part of them.',
  'X-Quant-Frame-As-Of': 'T of the frame; on a 304, how far the values that the client holds are right now.',
  'Retry-After': 'Seconds after which to ask again.',
  'WWW-Authenticate': 'Bearer.',
  Allow: 'The methods that are served.',
} as const
export type HeaderName = keyof typeof HEADERS

const JSON_TYPE = 'application/json'
const CSV_TYPE = 'text/csv'
const HTML_TYPE = 'text/html'
const EVENT_TYPE = 'text/event-stream'
/** Of a book on another shard, where there are several. */
const SHARDED = ['misdirected', 'shard-unavailable'] as const
const GUARDED = ['invalid-parameters', 'unauthorized', 'host-not-allowed', 'not-acceptable'] as const

/** The paths of the API, below its base path. */
export const API_OPERATIONS = {
  '/strategies': {
    summary: 'What can be asked for',
    description:
      'Strategies with their accounts. While the history is read, what the store remembers, where there is one.',
    parameters: {},
    answers: { [JSON_TYPE]: 'Strategies' },
    problems: [...GUARDED, 'not-ready'],
    token: 'api',
  },
  '/snapshot': {
    summary: 'The latest frame of one book in one window',
    description:
      'Every metric with unit, status, quality and freshness. Groups and quality are those of the whole frame, also where only some metrics are asked for. As CSV, one line a metric.',
    parameters: SNAPSHOT,
    answers: { [JSON_TYPE]: 'Snapshot', [CSV_TYPE]: 'text' },
    headers: ['ETag', 'X-Quant-Frame-As-Of'],
    problems: [...GUARDED, ...SHARDED, 'unknown-name', 'not-ready'],
    isConditional: true,
    token: 'api',
  },
  '/series': {
    summary: 'The past of metrics, on aligned points',
    description:
      'Columns of equal length. A point is the last value at or before its instant that was still known then; else null: a hole is missing knowledge. At most 11,000 points. As CSV, one line a point and one column a metric.',
    parameters: SERIES,
    answers: { [JSON_TYPE]: 'Series', [CSV_TYPE]: 'text' },
    problems: [...GUARDED, 'unknown-name', 'too-large', 'no-store', 'not-ready', 'store-unavailable'],
    token: 'api',
  },
  '/stream': {
    summary: 'Snapshots first, then what changes',
    description:
      'Server-sent events, the schema is that of their data: `quant.metrics.snapshot`, `quant.metrics.delta`; and `quant.alert.opened`, `quant.alert.resolved`. Without names all books of this process; where there are several shards a comment says which. Who cannot be served now gets a 200 that says when to come again, and ends. `Last-Event-ID` resumes.',
    parameters: STREAM,
    answers: { [EVENT_TYPE]: 'Streamed' },
    problems: [...GUARDED, 'misdirected', 'unknown-name', 'not-ready'],
    token: 'api',
  },
  '/explain': {
    summary: 'How one number of the latest frame came about',
    description:
      'Derived anew from the facts in memory: definition, inputs, intermediate results; enough to redo it by hand. Two requests are admitted at a time.',
    parameters: EXPLAIN,
    answers: { [JSON_TYPE]: 'Explanation' },
    problems: [...GUARDED, ...SHARDED, 'unknown-name', 'not-ready', 'busy'],
    token: 'api',
  },
  '/alerts': {
    summary: 'Breaches of policies',
    description:
      'Episodes, newest first: what is open now or, with `state`, what is over. One id for the life of an episode; a new breach is a new one. What is over is known as far as it is kept: by the store, where there is one. While the history is read, everything is answered from there; so is what other shards judge, some seconds later than they say it.',
    parameters: ALERTS,
    answers: { [JSON_TYPE]: 'Alerts' },
    problems: [...GUARDED, 'unknown-name', 'not-ready', 'store-unavailable'],
    token: 'api',
  },
  '/gate': {
    summary: 'Whether a book may be promoted',
    description:
      '200 whatever the state; the body carries the truth. `fail` while a critical alert is open; `unknown` where the evidence is stale, missing or in doubt, while the history is read, in shadow, turned off, or on a shard that does not answer: never a pass. Each reason is told.',
    parameters: GATE,
    answers: { [JSON_TYPE]: 'Gate' },
    problems: [...GUARDED, 'unknown-name'],
    token: 'api',
  },
  '/health': {
    summary: 'How each stage is doing',
    description: '200 while the process can answer; the body carries the truth.',
    parameters: {},
    answers: { [JSON_TYPE]: 'Health' },
    problems: GUARDED,
    token: 'api',
  },
  '/openapi.json': {
    summary: 'This document',
    description: 'Always there, also while the exporter is turned off, and without a token: it holds no data.',
    parameters: {},
    answers: { [JSON_TYPE]: 'text' },
    problems: ['invalid-parameters', 'host-not-allowed', 'not-acceptable'],
  },
} as const satisfies Record<string, Operation>
export type ApiPath = keyof typeof API_OPERATIONS

/** The paths at the root. */
export const ROOT_OPERATIONS = {
  '/healthz': {
    summary: 'Liveness',
    description: 'Ticks complete. 503 only where none has for 60 s.',
    parameters: {},
    answers: { [JSON_TYPE]: 'Probe' },
    problems: ['not-alive'],
  },
  '/readyz': {
    summary: 'Readiness',
    description: 'The first frame is out, or the exporter is turned off. Stays so until shutdown, whatever sources do.',
    parameters: {},
    answers: { [JSON_TYPE]: 'Probe' },
    problems: ['not-ready'],
  },
  '/metrics': {
    summary: 'Everything for Prometheus',
    description: 'The text format, version 0.0.4; docs/metrics.md names every gauge. May have a listener of its own.',
    parameters: {},
    answers: { 'text/plain': 'text' },
    problems: ['unauthorized'],
    token: 'metrics',
  },
  '/': {
    summary: 'The landing page',
    description: 'What is up, the books, links. Without a token, where one is asked for, neither books nor stages.',
    parameters: {},
    answers: { [HTML_TYPE]: 'text' },
    problems: ['host-not-allowed'],
  },
  '/live': {
    summary: 'All books as they change',
    description: 'A page that holds no data; its script reads /stream, and asks for the token where there is one.',
    parameters: {},
    answers: { [HTML_TYPE]: 'text' },
    problems: ['host-not-allowed'],
  },
  '/docs': {
    summary: 'This document as a page',
    description: 'Made on the server, without a script.',
    parameters: {},
    answers: { [HTML_TYPE]: 'text' },
    problems: ['host-not-allowed'],
  },
} as const satisfies Record<string, Operation>
