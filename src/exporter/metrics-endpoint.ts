import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import express from 'express'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { BookFrame, FrameSet } from '../domain/frame.js'
import type { MetricDescription } from '../domain/metric.js'
import type { FrameReader } from '../domain/ports.js'
import { besideFamilies } from './beside-families.js'
import {
  allClosedUntil,
  bookFamilies,
  companionFamilies,
  formulaFamily,
  sessionFamilies,
} from './companion-families.js'
import { GaugeFamily } from './exposition-text.js'
import { LabelCache } from './label-cache.js'
import { instantFamilies, metricFamilies } from './metric-families.js'
import type { SelfMetrics } from './self-metrics.js'

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const compress = promisify(gzip)

export interface MetricsEndpointOptions {
  readonly reader: FrameReader
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly selfMetrics: SelfMetrics
  /** More series than this are not exported: whole books, by id, are left out, and a gauge says so. */
  readonly maxSeries: number
  readonly wallNow: () => number
  readonly lastTickAt: () => number | undefined
  readonly onError: (error: unknown) => void
}

/** `GET /metrics`: the exporter's own metrics, then the gauges of the dictionary. A failing part leaves the rest in. */
export function createMetricsEndpoint(options: MetricsEndpointOptions): express.Router {
  const labels = new LabelCache()
  const router = express.Router()
  router.get('/metrics', async (request, response) => {
    const body = await renderMetrics(options, labels)
    response.setHeader('Content-Type', CONTENT_TYPE)
    response.setHeader('Vary', 'Accept-Encoding')
    if (/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
      response.setHeader('Content-Encoding', 'gzip')
      response.end(await compress(body, { level: constants.Z_BEST_SPEED }))
    } else response.end(body)
  })
  return router
}

/** The whole exposition as text. */
export async function renderMetrics(options: MetricsEndpointOptions, labels = new LabelCache()): Promise<string> {
  const { reader, selfMetrics, onError } = options
  const state = reader.state()
  selfMetrics.setState({ enabled: state !== 'disabled', ready: state === 'ready' })
  const parts = [await selfMetrics.render()]
  for (const render of [() => clockFamilies(options), () => frameFamilies(options, reader.frames(), labels)]) {
    try {
      for (const family of render()) parts.push(family.render())
    } catch (error) {
      onError(error)
    }
  }
  return parts
    .filter((part) => part !== '')
    .join('\n')
    .replace(/\n\n+/g, '\n')
}

function clockFamilies({ reader, calendars, wallNow, lastTickAt }: MetricsEndpointOptions): GaugeFamily[] {
  const wall = new GaugeFamily('quant_exporter_time_seconds', 'Wall clock of the exporter.')
  wall.add('', wallNow() / 1000)
  if (reader.state() === 'disabled') return [wall]
  const clock = new GaugeFamily(
    'quant_clock_timestamp_seconds',
    'T: the instant that frames are about; every data instant is of this clock.',
  )
  clock.add('', reader.now() / 1000)
  const frames = reader.frames()
  return [
    wall,
    clock,
    ...sessionFamilies(calendars, reader.now()),
    ...bookFamilies(frames, lastTickAt()),
    allClosedUntil(frames, calendars, reader.now(), wallNow()),
  ]
}

function frameFamilies(
  { dictionary, maxSeries, calendars, reader }: MetricsEndpointOptions,
  set: FrameSet | undefined,
  labels: LabelCache,
): GaugeFamily[] {
  const series = new GaugeFamily('quant_series', 'Series of books in this exposition.')
  const limited = new GaugeFamily(
    'quant_series_limited',
    'Whether books are left out because there would be too many series.',
  )
  if (set === undefined) return []
  const books = [...set.books.values()]
  labels.retain(books)
  const context = { dictionary, calendars, now: reader.now() }
  const families = withinLimit(books, maxSeries, (frames) => [
    ...metricFamilies(frames, context, labels),
    ...instantFamilies(frames, context, labels),
    ...besideFamilies(frames, context, labels),
    ...companionFamilies(frames, context, labels),
  ])
  series.add(
    '',
    families.rendered.reduce((total, family) => total + family.size, 0),
  )
  limited.add('', families.limited ? 1 : 0)
  return [series, limited, formulaFamily(dictionary), ...families.rendered]
}

/** Leaves out the last books by id until what remains fits. */
function withinLimit(
  books: readonly BookFrame[],
  maxSeries: number,
  render: (frames: readonly BookFrame[]) => GaugeFamily[],
): { rendered: GaugeFamily[]; limited: boolean } {
  let kept = books.length
  for (;;) {
    const rendered = render(books.slice(0, kept))
    const size = rendered.reduce((total, family) => total + family.size, 0)
    if (size <= maxSeries || kept === 0) return { rendered, limited: kept < books.length }
    kept = Math.min(kept - 1, Math.floor((kept * maxSeries) / size))
  }
}
