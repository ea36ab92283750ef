// Reads /metrics again and again, as somebody who waits for a value would, and takes down what the pages say of the
// process itself.

import { Rounds } from '../rounds.mjs'
import { seriesOf, sumOf } from './metrics-page.mjs'
import { wallMs } from './probe.mjs'
import { probesIn } from './probe-orders.mjs'

/** At most this part of the time goes into being asked. */
const ASKED_SHARE = 0.25
const AT_LEAST_MS = 50
const ONCE_MS = 1_000

export class MetricsWatch {
  #options
  #rounds = new Rounds(() => this.#round())
  #toldMs = 0
  #dropped

  constructor(options) {
    this.#options = options
  }

  start() {
    this.#rounds.start()
  }

  stop() {
    return this.#rounds.stop()
  }

  async #round() {
    const startedMs = performance.now()
    const page = await this.#options.exporter.page().catch(() => undefined)
    const tookMs = performance.now() - startedMs
    if (page === undefined) this.#options.recorder.count('pages of metrics that were not answered')
    else {
      this.#options.probe.seen('metrics', probesIn(page), wallMs())
      if (performance.now() - this.#toldMs >= ONCE_MS) {
        this.#toldMs = performance.now()
        this.#take(page, tookMs)
      }
    }
    return Math.max(AT_LEAST_MS, tookMs / ASKED_SHARE - tookMs)
  }

  #take(page, tookMs) {
    const { recorder, exporter } = this.#options
    recorder.add('scrape time', tookMs)
    recorder.add('scrape size', page.length / 1024)
    const lag = seriesOf(page, 'nodejs_eventloop_lag_p99_seconds')
    if (Number.isFinite(lag)) recorder.add('event loop p99', lag * 1000)
    const rss = exporter.rss()
    if (rss !== undefined) recorder.add('rss', rss / 2 ** 20)
    const heap = seriesOf(page, 'nodejs_heap_size_used_bytes')
    if (Number.isFinite(heap)) recorder.add('heap', heap / 2 ** 20)
    // A process that began anew counts from nothing.
    const dropped = sumOf(page, 'quant_frames_dropped_total')
    recorder.count(
      'frames dropped',
      dropped - (this.#dropped === undefined || dropped < this.#dropped ? 0 : this.#dropped),
    )
    this.#dropped = dropped
    recorder.add('clients of the stream', sumOf(page, 'quant_stream_clients'))
  }
}
