/** The id of an event: `<epoch>.<filter>.<n>`, of one process, one filter, and one count of all events of the process. */
export interface EventId {
  readonly epoch: string
  readonly filter: string
  readonly n: number
}

const EVENT_ID = /^([A-Za-z0-9_-]{1,64})\.([0-9a-f]{12})\.(0|[1-9]\d{0,14})$/

export function formatEventId({ epoch, filter, n }: EventId): string {
  return `${epoch}.${filter}.${n}`
}

/** Undefined for what no process gave: a client that sends it starts anew. */
export function parseEventId(text: string): EventId | undefined {
  const [, epoch, filter, n] = EVENT_ID.exec(text) ?? []
  return epoch === undefined || filter === undefined ? undefined : { epoch, filter, n: Number(n) }
}
