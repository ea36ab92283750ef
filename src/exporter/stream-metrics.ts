import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

const DELIVERY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const DISCONNECTIONS = ['buffer_full', 'stuck']
const REFUSALS = ['warming_up', 'stopping', 'too_many_clients', 'too_many_of_address']

/** What the exporter says of its stream; nothing unless there is one. */
export class StreamMetrics {
  readonly #clients: Gauge
  readonly #delivery: Histogram
  readonly #conflated: Counter
  readonly #disconnected: Counter
  readonly #refused: Counter

  constructor(registry: Registry) {
    const registers = [registry]
    const labelNames = ['reason']
    this.#clients = new Gauge({ name: 'quant_stream_clients', help: 'Clients of the stream.', registers })
    this.#delivery = new Histogram({
      name: 'quant_stream_delivery_seconds',
      help: 'Time from a frame to the socket of a client of the stream.',
      buckets: DELIVERY_BUCKETS,
      registers,
    })
    this.#conflated = new Counter({
      name: 'quant_stream_conflated_total',
      help: 'Times that a client which does not keep up is to get a snapshot of a book instead of its deltas.',
      registers,
    })
    this.#disconnected = new Counter({
      name: 'quant_stream_disconnected_total',
      help: 'Clients that were disconnected because they did not read.',
      ...{ labelNames, registers },
    })
    this.#refused = new Counter({
      name: 'quant_stream_refused_total',
      help: 'Clients that were sent away, to come again.',
      ...{ labelNames, registers },
    })
    for (const reason of DISCONNECTIONS) this.#disconnected.inc({ reason }, 0)
    for (const reason of REFUSALS) this.#refused.inc({ reason }, 0)
  }

  clients(count: number): void {
    this.#clients.set(count)
  }

  delivered(seconds: number): void {
    this.#delivery.observe(seconds)
  }

  conflated(): void {
    this.#conflated.inc()
  }

  disconnected(reason: string): void {
    this.#disconnected.inc({ reason })
  }

  refused(reason: string): void {
    this.#refused.inc({ reason })
  }
}
