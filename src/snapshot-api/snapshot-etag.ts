import { createHash } from 'node:crypto'
import type { FrameSet } from '../domain/frame.js'
import type { SnapshotBody } from './schemas.js'

/**
 * The ETag of a snapshot: from revisions, not from its bytes, which hold ages and are never twice the same.
 *
 * Weak, because an equal tag means equal values, not equal bytes. Beside the question its hash covers what stands in a
 * body without being counted by frame_seq: a session that opens must not hide behind a 304.
 */
export function snapshotEtag(
  { stamp }: FrameSet,
  body: SnapshotBody,
  adapter: string | undefined,
  representation: 'json' | 'csv',
  alertsRevision: number,
): string {
  const { strategy_id, strategy, account, window, session, frame_seq, quality, metrics } = body
  const names = metrics.map(({ metric_name }) => metric_name)
  const question = [strategy_id, strategy, account, window, session, names, adapter, representation]
  const hash = createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 16)
  return `W/"${stamp.epoch}-${frame_seq}-${alertsRevision}-${quality}-${hash}"`
}
