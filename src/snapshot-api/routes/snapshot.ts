import type { RequestHandler } from 'express'
import type { BookFrame } from '../../domain/frame.js'
import { toIso } from '../../domain/time.js'
import type { ApiOptions } from '../api-options.js'
import { warmingUp } from '../availability.js'
import { CSV_TYPE } from '../csv.js'
import { findBook, type NearNames } from '../find-book.js'
import { shorten } from '../problem.js'
import type { Refusal } from '../refusal.js'
import { prefersCsv } from '../request-rules.js'
import { sendBody, sendJson } from '../responses.js'
import { type SnapshotContext, snapshotBody } from '../snapshot-body.js'
import { snapshotCsv } from '../snapshot-csv.js'
import { snapshotEtag } from '../snapshot-etag.js'
import { readSnapshotQuery } from '../snapshot-query.js'

const FRAME_AS_OF_HEADER = 'X-Quant-Frame-As-Of'

/** `GET /snapshot`: the latest frame of one book in one window. */
export function snapshotRoute({ reader, dictionary, calendars, nearNames, alerts }: ApiOptions): RequestHandler {
  return (request, response) => {
    const { query, refusal } = readSnapshotQuery(request.url, dictionary.length)
    const set = reader.frames()
    if (set === undefined) {
      refusal.throwIfAny()
      throw warmingUp()
    }
    const known = { frames: set, strategies: reader.strategies(), nearNames }
    const { strategyId, account } = query
    const frame = strategyId === undefined ? undefined : findBook({ strategyId, account }, known, refusal)
    const metrics = query.metrics && knownMetrics(query.metrics, { dictionary, nearNames }, refusal)
    if (frame !== undefined && query.adapter !== undefined) checkAdapter(query.adapter, frame, nearNames, refusal)
    refusal.throwIfAny()
    if (frame === undefined) throw new Error('a book was neither found nor refused')

    const body = snapshotBody(
      frame,
      query.window,
      { metrics, adapter: query.adapter },
      { set, dictionary, calendars, now: reader.now(), alerts },
    )
    response.setHeader('Cache-Control', 'private, no-cache')
    const isCsv = prefersCsv(request)
    response.setHeader('ETag', snapshotEtag(set, body, query.adapter, isCsv ? 'csv' : 'json', alerts.revision))
    response.setHeader(FRAME_AS_OF_HEADER, toIso(set.stamp.at))
    if (request.fresh) response.status(304).end()
    else if (isCsv) sendBody(response, 200, CSV_TYPE, snapshotCsv(body))
    else sendJson(response, body)
  }
}

/** An adapter is known while an order that it took is in some window. */
function checkAdapter(adapter: string, { byAdapter }: BookFrame, nearNames: NearNames, refusal: Refusal): void {
  if (byAdapter.has(adapter)) return
  const near = nearNames(adapter, [...byAdapter.keys()])
  refusal.unknown({
    parameter: 'adapter',
    problem: `no order of the book went by an adapter "${shorten(adapter)}"`,
    near,
  })
}

export function knownMetrics(
  names: readonly string[],
  { dictionary, nearNames }: Pick<SnapshotContext, 'dictionary'> & { nearNames: NearNames },
  refusal: Refusal,
  parameter = 'metrics',
): ReadonlySet<string> {
  const known = dictionary.map(({ name }) => name)
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearNames(name, known)
    refusal.unknown({ parameter, problem: `no metric is called "${shorten(name)}"`, near })
  }
  return new Set(names)
}
