import { Router } from 'express'
import type { FrameReader } from '../domain/ports.js'
import { HttpProblem } from './problem.js'
import { readOnly } from './request-rules.js'
import { sendJson } from './responses.js'
import type { ProbeBody } from './schemas.js'

/**
 * `/healthz` and `/readyz`.
 *
 * Live is "ticks complete", ready is "there are frames": neither looks at the sources, or an outage of theirs would
 * restart the process or take away the metrics that report it.
 */
export function createProbeRouter({ reader }: { readonly reader: FrameReader }): Router {
  const router = Router({ caseSensitive: true, strict: true })
  router.all('/healthz', readOnly, (_request, response) => {
    if (reader.state() !== 'disabled' && !reader.alive()) {
      throw new HttpProblem('not-alive', { detail: 'no tick has completed for 60 s' })
    }
    sendJson(response, probeBody(reader))
  })
  router.all('/readyz', readOnly, (_request, response) => {
    const state = reader.state()
    if (state === 'warming_up' || state === 'stopping') {
      throw new HttpProblem('not-ready', {
        detail: state === 'stopping' ? 'shutting down' : 'the first frame is not out yet',
        reason: state,
      })
    }
    sendJson(response, probeBody(reader))
  })
  return router
}

function probeBody(reader: FrameReader): ProbeBody {
  return { status: reader.state() === 'disabled' ? 'disabled' : 'ok' }
}
