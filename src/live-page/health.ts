import { fieldsOf, listOf, MalformedAnswer, textOf } from '../client/fields.js'
import { type SessionState, sessionOf } from '../client/stream-events.js'
import type { Api } from './api.js'

export interface Health {
  /** One a market. */
  readonly sessions: readonly SessionState[]
  /** Whether there is a past to draw. */
  readonly keepsSeries: boolean
}

/** What /health says that a stream does not; undefined where it cannot be asked now. */
export async function readHealth(api: Api, signal: AbortSignal): Promise<Health | undefined> {
  try {
    const body = await api.get('/health', {}, signal)
    if (typeof body === 'number') return undefined
    const stages = listOf(body, 'stages', (stage) => ({
      name: textOf(stage, 'stage'),
      status: textOf(stage, 'status'),
    }))
    return {
      sessions: listOf(body, 'session', (session) => sessionOf(fieldsOf(session, 'session'))),
      keepsSeries: stages.some(({ name, status }) => name === 'materialize:series' && status !== 'disabled'),
    }
  } catch (error) {
    if (signal.aborted || error instanceof TypeError) return undefined
    if (!(error instanceof MalformedAnswer)) throw error
    console.warn(`/health could not be read: ${error.message}`)
    return undefined
  }
}
