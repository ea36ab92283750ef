import type { Meta } from '../../domain/metric.js'
import { toIso } from '../../domain/time.js'
import { MARK_SOURCES } from '../marks.js'
import type { MarkedPosition } from '../view.js'

/** Where the prices behind a sum came from, and the oldest of them. */
export function marksMeta(positions: readonly MarkedPosition[]): Meta {
  if (positions.length === 0) return {}
  const sources = MARK_SOURCES.map(
    (source) => [source, positions.filter(({ mark }) => mark.source === source).length] as const,
  )
  const oldest = positions.reduce((at, { mark }) => Math.min(at, mark.at), Number.POSITIVE_INFINITY)
  return { mark_source: Object.fromEntries(sources.filter(([, count]) => count > 0)), oldest_mark_at: toIso(oldest) }
}
