/** How the connection to a stream is, as people have to know it. */
export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** Not served yet, by somebody who is well: warming up, full, turned off. */
  | { readonly state: 'waiting'; readonly why: string; readonly retryInMs: number }
  | { readonly state: 'disconnected'; readonly why: string; readonly retryInMs: number }
  | Refusal

/** Asking again would not help: 401 without the right token, 404 for a name that there is not. */
export interface Refusal {
  readonly state: 'refused'
  readonly status: number
  readonly why: string
}

const COMMENTS: Readonly<Record<string, string>> = {
  warming_up: 'the exporter is reading the history',
  too_many_clients: 'the stream has as many clients as it takes',
  too_many_of_address: 'the stream has as many clients from this address as it takes',
}

/** Why a stream ended, from the comment that it ended with. */
export function linkAfterEnd(comment: string, retryInMs: number): Link {
  const why = COMMENTS[comment]
  if (why !== undefined) return { state: 'waiting', why, retryInMs }
  return {
    state: 'disconnected',
    why: comment === 'stopping' ? 'the exporter is shutting down' : 'the connection has ended',
    retryInMs,
  }
}
