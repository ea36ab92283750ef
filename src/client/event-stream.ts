/** One event of a stream of server-sent events, as its lines say. */
export interface StreamMessage {
  readonly event: string
  readonly data: string
  /** The id that stands after this event; empty where the stream has taken it back. */
  readonly lastEventId: string
}

export interface StreamReader {
  readonly onMessage: (message: StreamMessage) => void
  readonly onComment: (text: string) => void
  readonly onRetry: (retryMs: number) => void
}

/**
 * Takes a stream of server-sent events apart, whatever pieces it arrives in.
 *
 * An EventSource would do that too, but it can send no token.
 * Source: HTML Living Standard, 9.2.6 "Interpreting an event stream".
 */
export class EventStreamParser {
  readonly #reader: StreamReader
  #rest = ''
  #isFirst = true
  /** The last piece ended in CR: an LF that follows belongs to it. */
  #skipsLineFeed = false
  #event = ''
  #data: string[] = []
  #lastEventId = ''

  constructor(reader: StreamReader) {
    this.#reader = reader
  }

  push(piece: string): void {
    let text = piece
    if (this.#isFirst && text !== '') {
      this.#isFirst = false
      if (text.startsWith('\uFEFF')) text = text.slice(1)
    }
    if (this.#skipsLineFeed && text !== '') {
      this.#skipsLineFeed = false
      if (text.startsWith('\n')) text = text.slice(1)
    }
    if (text.endsWith('\r')) this.#skipsLineFeed = true
    const lines = (this.#rest + text).split(/\r\n|\n|\r/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#take(line)
  }

  #take(line: string): void {
    const colon = line.indexOf(':')
    if (line === '') this.#dispatch()
    else if (colon === 0) this.#reader.onComment(line.slice(1).trim())
    else if (colon < 0) this.#set(line, '')
    else this.#set(line.slice(0, colon), line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1))
  }

  #set(field: string, value: string): void {
    if (field === 'event') this.#event = value
    else if (field === 'data') this.#data.push(value)
    else if (field === 'id' && !value.includes('\0')) this.#lastEventId = value
    else if (field === 'retry' && /^\d+$/.test(value)) this.#reader.onRetry(Number(value))
  }

  #dispatch(): void {
    const [event, data] = [this.#event, this.#data]
    this.#event = ''
    this.#data = []
    if (data.length === 0) return
    this.#reader.onMessage({
      event: event === '' ? 'message' : event,
      data: data.join('\n'),
      lastEventId: this.#lastEventId,
    })
  }
}
