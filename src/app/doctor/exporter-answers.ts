import { z } from 'zod'
import { jsonOrUndefined } from '../../lib/json-or-undefined.js'
import { ask, askJson, parseAs, type Server } from './ask.js'
import { HopFailure } from './hop.js'

/** Where the API lies below the exporter's address. */
const API = '/api/torghut/trading/control-plane/quant'

/** Of /health what is judged here; a later version may tell more. */
const healthShape = z.object({
  status: z.string(),
  stages: z.array(z.object({ stage: z.string(), status: z.string(), last_error_code: z.string().nullable() })),
  frames: z.object({ last_at: z.string().nullable(), missing_seconds: z.number().nullable() }),
  facts: z.object({ rejected: z.number() }),
  session: z.array(z.object({ calendar: z.string(), state: z.string(), opens_at: z.string().optional() })),
})
export type Health = z.infer<typeof healthShape>

const strategiesShape = z.object({
  strategies: z.array(
    z.object({ enabled: z.boolean(), accounts: z.array(z.string()), last_fact_at: z.string().nullable() }),
  ),
})
export type Strategies = z.infer<typeof strategiesShape>['strategies']

const UNAVAILABLE = 503
/** What is answered where the API is off. */
const disabledShape = z.object({ reason: z.literal('disabled') })

/** What a running exporter says of itself. */
export interface ExporterAnswers {
  readonly health: Health
  /** Undefined while it is off or reads its history: there are none to tell of; and where its API is off. */
  readonly strategies: Strategies | undefined
  readonly isApiOff: boolean
}

/** Asks an exporter; a HopFailure says why it does not answer. */
export async function askExporter(server: Server, signal: AbortSignal): Promise<ExporterAnswers | HopFailure> {
  try {
    const health = await askJson(server, `${API}/health`, healthShape, signal)
    if (health.status === 'disabled' || health.status === 'warming_up')
      return { health, strategies: undefined, isApiOff: false }
    const path = `${API}/strategies`
    const answer = await ask(server, path, signal, [200, UNAVAILABLE])
    if (answer.status === UNAVAILABLE && disabledShape.safeParse(jsonOrUndefined(answer.text)).success)
      return { health, strategies: undefined, isApiOff: true }
    const { strategies } = parseAs(server, path, answer, strategiesShape)
    return { health, strategies, isApiOff: false }
  } catch (error) {
    if (error instanceof HopFailure) return error
    throw error
  }
}

/** Whether the exporter reads a source at this moment. */
export function readsSource(answers: ExporterAnswers | HopFailure | undefined, source: string): boolean {
  if (answers === undefined || answers instanceof HopFailure) return false
  return answers.health.stages.some(({ stage, status }) => stage === `ingest:${source}` && status === 'ok')
}
