import { isMachinePath } from '../access-log.js'
import { PROBLEM_KINDS, type ProblemKind } from '../problem.js'
import { API_OPERATIONS, HEADERS, type HeaderName, type Operation, ROOT_OPERATIONS } from './operations.js'
import type { Parameter } from './parameters.js'
import { componentSchemas, type JsonSchema, jsonSchemaOf, refTo } from './schemas.js'

/** Of the contract, not of the build: it is raised when the contract changes. */
const CONTRACT_VERSION = '0.1.0'

interface HeaderObject {
  readonly description: string
  readonly schema: JsonSchema
}

export interface ResponseObject {
  readonly description: string
  readonly headers: Readonly<Record<string, HeaderObject | { readonly $ref: string }>>
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
}

export interface OperationObject {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'query' | 'header'
    readonly description: string
    readonly required: boolean
    readonly schema: JsonSchema
    readonly style?: 'form'
    readonly explode?: false
  }[]
  readonly responses: Readonly<Record<string, ResponseObject>>
}

/** As much of OpenAPI 3.1 as describes this API. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: {
    readonly title: string
    readonly version: string
    readonly description: string
    readonly license: object
  }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, { readonly get: OperationObject }>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly headers: Readonly<Record<string, HeaderObject>>
    readonly securitySchemes: Readonly<Record<string, object>>
  }
}

/** What any path can answer with, whatever it is asked. */
const ANYWHERE: readonly ProblemKind[] = ['method-not-allowed', 'uri-too-long', 'internal-error']

/** What clients can be told that ask too often. */
const LIMITED: readonly ProblemKind[] = ['too-many-requests']

/** The description of everything that is served, made from the schemas that the routes and the tests use. */
export function openApiDocument(basePath: string): OpenApiDocument {
  const below = Object.entries<Operation>(API_OPERATIONS).map(
    ([path, operation]) => [basePath + path, operation] as const,
  )
  return {
    openapi: '3.1.0',
    info: {
      title: 'quant-exporter',
      version: CONTRACT_VERSION,
      description:
        'Live performance, risk and execution quality of trading strategies. Read-only: GET, and HEAD, which answers the same without a body. Numbers are rounded for output; null never stands alone, a status and a reason say why. An unknown, repeated or malformed parameter is refused. Every failure is a Problem (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: Object.fromEntries(
      [...below, ...Object.entries<Operation>(ROOT_OPERATIONS)].map(([path, operation]) => [
        path,
        { get: operationObject(path, operation) },
      ]),
    ),
    components: {
      schemas: componentSchemas(),
      headers: Object.fromEntries(
        Object.entries(HEADERS).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
      ),
      securitySchemes: {
        api: { type: 'http', scheme: 'bearer', description: 'One of QUANT_API_TOKENS, where they are set.' },
        metrics: { type: 'http', scheme: 'bearer', description: 'QUANT_METRICS_TOKEN, where it is set.' },
      },
    },
  }
}

function operationObject(path: string, operation: Operation): OperationObject {
  const { summary, description, token, isConditional } = operation
  const conditional = {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag of the answer that the client holds.',
    required: false,
    schema: { type: 'string' },
  } as const
  return {
    operationId: operationIdOf(path),
    summary,
    description,
    // None is asked for unless it is configured.
    security: token === undefined ? [{}] : [{}, { [token]: [] }],
    parameters: [
      ...Object.entries(operation.parameters).map(([name, parameter]) => parameterObject(name, parameter)),
      ...(isConditional ? [conditional] : []),
    ],
    responses: {
      ...successes(operation),
      ...problemResponses([...operation.problems, ...(isMachinePath(path) ? [] : LIMITED), ...ANYWHERE]),
    },
  }
}

function operationIdOf(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1).replace(/\W.*$/, '')
  return last === '' ? 'landing' : last
}

function parameterObject(name: string, { description, schema, isRequired, isList }: Parameter) {
  const list = isList ? ({ style: 'form', explode: false } as const) : {}
  return {
    name,
    in: 'query',
    description,
    required: isRequired ?? false,
    ...list,
    schema: jsonSchemaOf(schema),
  } as const
}

function successes({ summary, answers, headers = [], isConditional }: Operation): Record<string, ResponseObject> {
  const content = Object.entries(answers).map(([type, answer]) => [
    type,
    { schema: answer === 'text' ? { type: type === 'application/json' ? 'object' : 'string' } : refTo(answer) },
  ])
  const always = headerRefs(['X-Request-Id', ...headers])
  return {
    200: { description: summary, headers: always, content: Object.fromEntries(content) },
    ...(isConditional ? { 304: { description: 'What the client holds is unchanged', headers: always } } : {}),
  }
}

const HEADERS_OF_STATUS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  405: ['Allow'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

function problemResponses(kinds: readonly ProblemKind[]): Record<string, ResponseObject> {
  const statuses = [...new Set(kinds.map((kind) => PROBLEM_KINDS[kind].status))].sort((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: kinds
          .filter((kind) => PROBLEM_KINDS[kind].status === status)
          .map((kind) => `${PROBLEM_KINDS[kind].title} (${kind})`)
          .join('; '),
        headers: headerRefs(['X-Request-Id', ...(HEADERS_OF_STATUS[status] ?? [])]),
        content: { 'application/problem+json': { schema: refTo('Problem') } },
      },
    ]),
  )
}

function headerRefs(names: readonly HeaderName[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
