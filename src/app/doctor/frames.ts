import type { ExporterAnswers, Health } from './exporter-answers.js'
import { type Finding, finding, type Trouble } from './hop.js'

/** Beyond this age frames are missing while a market is open. */
const MISSING_SECONDS = 15

/** Whether the exporter computes, by its own account. */
export function framesFinding({ health, strategies, isApiOff }: ExporterAnswers): Finding {
  const { status, frames } = health
  if (status === 'disabled')
    return finding({
      troubles: [
        {
          what: 'the exporter is switched off: it reads and computes nothing',
          remedy: 'start it with JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true',
        },
      ],
    })
  if (status === 'warming_up')
    return finding({
      troubles: [
        {
          what: `the exporter still reads its history, and shows no frame before it is through${sourceError(health)}`,
          remedy: 'wait until /readyz answers 200; if that takes minutes, mend what its log tells of its sources',
        },
      ],
    })
  const missing = frames.missing_seconds ?? 0
  return finding({
    told: [
      `status ${status}; newest frame of ${frames.last_at ?? 'no instant'}`,
      ...(strategies === undefined
        ? []
        : [`${strategies.reduce((count, { accounts }) => count + accounts.length, 0)} live books`]),
    ],
    troubles: [
      ...health.stages.filter((stage) => stage.status === 'failing').map(stageTrouble),
      ...(missing > MISSING_SECONDS
        ? [
            {
              what: `a market is open and the oldest frame is ${Math.round(missing)} s old`,
              remedy: runbook('QuantFramesMissing'),
            },
          ]
        : []),
    ],
    notes: [
      ...health.stages.filter((stage) => stage.status === 'degraded').map(stageTrouble),
      ...(isApiOff
        ? [{ what: 'its API is off: books are told at /metrics alone', remedy: 'for it set QUANT_API_ENABLED=true' }]
        : []),
    ],
  })
}

function stageTrouble({ stage, status, last_error_code: code }: Health['stages'][number]): Trouble {
  const what = `stage ${stage} is ${status}${code === null ? '' : ` (last error: ${code})`}`
  if (stage.startsWith('ingest:')) return { what, remedy: `mend the source, hop ${stage.slice('ingest:'.length)}` }
  if (stage.startsWith('compute:')) return { what, remedy: runbook('QuantComputeSlow') }
  return { what, remedy: runbook('QuantStoreFailing') }
}

function sourceError({ stages }: Health): string {
  const failed = stages.find(({ last_error_code: code }) => code !== null)
  return failed === undefined ? '' : ` (${failed.stage}: ${failed.last_error_code})`
}

function runbook(alert: string): string {
  return `follow docs/runbooks/${alert}.md`
}
