import { type EpochMs, SECOND_MS } from '../../domain/time.js'
import { ask, type Server } from './ask.js'
import { type Finding, finding, HopFailure, type Trouble } from './hop.js'
import { type Sample, samplesOf } from './samples.js'

const NAMES = [
  'quant_exporter_build_info',
  'quant_exporter_enabled',
  'quant_exporter_ready',
  'quant_books',
  'quant_series_limited',
  'quant_tick_last_completed_timestamp_seconds',
]
/** A tick is due every second: after so long none will come. */
const SILENT_MS = 60 * SECOND_MS

/** Whether /metrics is a page of this exporter, and one of a process that ticks. */
export async function metricsFinding(server: Server, now: () => EpochMs, signal: AbortSignal): Promise<Finding> {
  const { text } = await ask(server, '/metrics', signal)
  const samples = samplesOf(text, NAMES)
  const of = (name: string) => samples.filter((sample) => sample.name === name)
  const [build] = of('quant_exporter_build_info')
  if (build === undefined)
    throw new HopFailure(
      `${server.url.origin} serves /metrics, and it is not of quant-exporter`,
      `correct ${server.option}: something else listens there`,
    )
  const books = of('quant_books').reduce((sum, { value }) => sum + value, 0)
  return finding({
    told: [`quant-exporter ${build.labels.version}, ${text.length} characters, ${books} books`],
    troubles: [
      ...unless(of('quant_exporter_enabled'), 'the exporter is switched off: no book is on the page', {
        remedy: 'start it with JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true',
      }),
      ...unless(of('quant_exporter_ready'), 'the exporter is not ready: no book is on the page yet', {
        remedy: 'wait until its history is read; docs/runbooks/QuantNotReady.md where that does not end',
      }),
      ...silent(of('quant_tick_last_completed_timestamp_seconds'), now()),
    ],
    notes: of('quant_series_limited').some(({ value }) => value === 1)
      ? [{ what: 'the cap on series leaves books out', remedy: 'follow docs/runbooks/QuantSeriesLimited.md' }]
      : [],
  })
}

/** A trouble where a gauge says 0; one that is not there says nothing. */
function unless(samples: readonly Sample[], what: string, { remedy }: Pick<Trouble, 'remedy'>): Trouble[] {
  return samples.some(({ value }) => value === 0) ? [{ what, remedy }] : []
}

function silent(samples: readonly Sample[], now: EpochMs): Trouble[] {
  if (samples.length === 0) return []
  const silentMs = now - Math.max(...samples.map(({ value }) => value)) * SECOND_MS
  if (silentMs <= SILENT_MS) return []
  return [
    {
      what: `the last tick was completed ${Math.round(silentMs / SECOND_MS)} s ago by this machine's clock`,
      remedy: 'follow docs/runbooks/QuantFramesMissing.md, or set the clocks by NTP',
    },
  ]
}
