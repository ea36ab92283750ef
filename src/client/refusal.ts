import { MalformedAnswer, optionalTextOf, parseFields } from './fields.js'
import type { Link } from './link.js'

interface Answer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** What an answer that is no stream means; `retryInMs` is when to ask again where that may help. */
export async function linkOfAnswer(answer: Answer, retryInMs: number): Promise<Link> {
  const { status } = answer
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') === true
  const problem = isProblem ? await describeProblem(answer) : undefined
  // What is no problem of ours is a proxy's, on the way or in the place of an exporter that is just being replaced.
  if (problem === undefined)
    return status === 401
      ? { state: 'refused', status, why: 'a token is asked for' }
      : { state: 'disconnected', why: `no exporter answers, but something else, with status ${status}`, retryInMs }
  if (status === 429) return { state: 'waiting', why: problem, retryInMs: Math.max(retryInMs, retryAfterMs(answer)) }
  if (status >= 500)
    return {
      state: status === 503 ? 'waiting' : 'disconnected',
      why: problem,
      retryInMs: Math.max(retryInMs, retryAfterMs(answer)),
    }
  return { state: 'refused', status, why: problem }
}

function retryAfterMs({ headers }: Answer): number {
  const seconds = Number(headers.get('retry-after') ?? '0')
  return Number.isFinite(seconds) ? Math.min(seconds, 60) * 1_000 : 0
}

/** The detail of a problem, with what is wrong with each parameter; undefined where it is none. */
async function describeProblem(answer: Answer): Promise<string | undefined> {
  try {
    const problem = parseFields(await answer.text())
    const detail = optionalTextOf(problem, 'detail')
    const errors = Array.isArray(problem.errors) ? problem.errors.flatMap(describeError) : []
    return errors.length === 0 ? detail : errors.join('; ')
  } catch (error) {
    if (error instanceof MalformedAnswer) return undefined
    throw error
  }
}

function describeError(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null || !('parameter' in error) || !('problem' in error)) return []
  const near = 'near' in error && Array.isArray(error.near) && error.near.length > 0 ? error.near.map(String) : []
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`
  return [`${String(error.parameter)}: ${String(error.problem)}${meant}`]
}
