import type { Request } from 'express'
import type { IncidentName } from '../../domain/incident.js'
import { HttpProblem, shorten } from '../problem.js'
import { Refusal } from '../refusal.js'

const MOST_BYTES = 4_096
/** A day: longer is until it is stopped. */
const LONGEST_SECONDS = 86_400

export interface OrderOptions {
  /** The incidents that there are. */
  readonly names: readonly IncidentName[]
  readonly nearNames: (name: string, candidates: Iterable<string>) => readonly string[]
  /** Whether the order may say how long. */
  readonly mayLast: boolean
}

export interface IncidentOrder {
  readonly name: IncidentName
  readonly forSeconds: number | undefined
}

/** The order in a request's body: `{ "name": …, "for_seconds": … }`. Throws HttpProblem with all that is wrong with it. */
export async function readOrder(request: Request, { names, nearNames, mayLast }: OrderOptions): Promise<IncidentOrder> {
  const fields = await readObject(request)
  const refusal = new Refusal()
  const known = mayLast ? ['name', 'for_seconds'] : ['name']
  for (const field of Object.keys(fields).filter((key) => !known.includes(key))) {
    refusal.malformed({ parameter: shorten(field), problem: 'unknown field', allowed: known })
  }
  const { name, for_seconds: seconds } = fields
  const found = names.find((candidate) => candidate === name)
  if (found === undefined) {
    refusal.malformed({
      parameter: 'name',
      problem: problemOf(name),
      allowed: names,
      near: typeof name === 'string' ? nearNames(name, names) : [],
    })
  }
  const isDuration = typeof seconds === 'number' && seconds > 0 && seconds <= LONGEST_SECONDS
  if (mayLast && seconds !== undefined && !isDuration) {
    refusal.malformed({
      parameter: 'for_seconds',
      problem: `must be a number above 0 and at most ${LONGEST_SECONDS}; leave it out for no end`,
    })
  }
  refusal.throwIfAny()
  if (found === undefined) throw new TypeError('an order without a name was not refused')
  return { name: found, forSeconds: isDuration ? seconds : undefined }
}

function problemOf(name: unknown): string {
  if (name === undefined) return 'is required'
  return typeof name === 'string' ? `there is no incident "${shorten(name)}"` : 'must be a text'
}

async function readObject(request: Request): Promise<Record<string, unknown>> {
  if (request.is('application/json') === false) {
    throw new HttpProblem('unsupported-media-type', { detail: 'send the order with Content-Type: application/json' })
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) {
      throw new HttpProblem('body-too-large', { detail: `an order has at most ${MOST_BYTES} bytes` })
    }
    chunks.push(chunk)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new HttpProblem('invalid-parameters', {
    detail: 'the body is not a JSON object such as {"name":"feed-pause","for_seconds":180}',
  })
}
