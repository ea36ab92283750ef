import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { type DeltaBody, deltaSchema, type SnapshotBody, snapshotSchema } from '../../src/snapshot-api/schemas.js'

export interface ServerEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

/** What a client of the stream knows of one book in one window. */
export interface Known {
  seq: number
  readonly metrics: Map<string, string>
}

/** A client that keeps what an EventSource keeps, and the state that the events add up to. */
export class EventClient {
  readonly events: ServerEvent[] = []
  readonly comments: string[] = []
  readonly books = new Map<string, Known>()
  /** What went against the contract. */
  readonly faults: string[] = []
  /** As an EventSource sends it when it comes back. */
  lastEventId = ''
  retryMs: number | undefined
  status = 0
  headers: IncomingMessage['headers'] = {}
  isEnded = false
  #request: ClientRequest | undefined
  #response: IncomingMessage | undefined
  #rest = ''

  /** Resolves when the answer has begun. */
  connect(url: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const resuming = this.lastEventId === '' ? {} : { 'Last-Event-ID': this.lastEventId }
    this.isEnded = false
    this.#rest = ''
    return new Promise((resolve, reject) => {
      this.#request = request(
        url,
        { headers: { Accept: 'text/event-stream', ...resuming, ...headers } },
        (response) => {
          this.#response = response
          this.status = response.statusCode ?? 0
          this.headers = response.headers
          response.setEncoding('utf8')
          response.on('data', (text: string) => this.#read(text))
          response.on('close', () => {
            this.isEnded = true
          })
          response.on('error', () => undefined)
          resolve()
        },
      )
      this.#request.on('error', reject)
      this.#request.end()
    })
  }

  pause(): void {
    this.#response?.pause()
  }

  resume(): void {
    this.#response?.resume()
  }

  /** Goes away without a word. */
  cut(): void {
    this.#request?.destroy()
  }

  body(index: number): SnapshotBody | DeltaBody {
    const { event, data } = this.events.at(index) ?? { event: 'none', data: 'null' }
    return (event === 'quant.metrics.snapshot' ? snapshotSchema : deltaSchema).parse(JSON.parse(data))
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) this.#take(block)
  }

  #take(block: string): void {
    let id: string | undefined
    let event = ''
    let data: string | undefined
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
      if (line.startsWith(':')) this.comments.push(line.slice(1).trim())
      else if (field === 'id') id = value
      else if (field === 'event') event = value
      else if (field === 'data') data = value
      else if (field === 'retry') this.retryMs = Number(value)
      else if (line !== '') this.faults.push(`a line of no field: ${line}`)
    }
    if (id !== undefined) this.lastEventId = id
    if (data === undefined) return
    this.events.push({ id, event, data })
    if (event === 'quant.metrics.snapshot') this.#hold(snapshotSchema.parse(JSON.parse(data)))
    else if (event === 'quant.metrics.delta') this.#change(deltaSchema.parse(JSON.parse(data)))
  }

  #hold(body: SnapshotBody): void {
    const metrics = new Map(body.metrics.map((metric) => [metric.metric_name, textOf(metric)]))
    this.books.set(keyOf(body), { seq: body.frame_seq, metrics })
  }

  #change(body: DeltaBody): void {
    const known = this.books.get(keyOf(body))
    if (known === undefined) {
      this.faults.push(`a delta before the snapshot of ${keyOf(body)}`)
      return
    }
    if (known.seq !== body.prev_frame_seq)
      this.faults.push(`${keyOf(body)} holds ${known.seq}, a delta follows ${body.prev_frame_seq}`)
    known.seq = body.frame_seq
    for (const change of body.changed) known.metrics.set(change.metric_name, textOf(change))
  }
}

export function keyOf({
  strategy_id,
  account,
  window,
}: Pick<SnapshotBody, 'strategy_id' | 'account' | 'window'>): string {
  return `${strategy_id} ${account} ${window}`
}

interface Shown {
  readonly value: number | null
  readonly status: string
  readonly reason?: string
  readonly quality: string
}

export function textOf({ value, status, reason = '', quality }: Shown): string {
  return `${value} ${status} ${reason} ${quality}`
}
