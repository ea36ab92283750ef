import type { AlertBoard, AlertEpisode } from '../domain/alerts.js'
import type { BookKey } from '../domain/book.js'
import { toIso } from '../domain/time.js'
import type { AlertBody } from './schemas.js'

/** One episode as the API and the stream tell it. */
export function alertBody(episode: AlertEpisode): AlertBody {
  const { resolved, meta } = episode
  return {
    alert_id: episode.alertId,
    policy: episode.policy,
    strategy_id: episode.strategyId,
    account: episode.account,
    severity: episode.severity,
    category: episode.category,
    metric_name: episode.metricName,
    window: episode.window,
    threshold: episode.threshold,
    observed: episode.observed,
    unit: episode.unit,
    consecutive_frames: episode.consecutiveFrames,
    opened_at: toIso(episode.openedAt),
    resolved_at: resolved === undefined ? null : toIso(resolved.at),
    ...(resolved === undefined ? {} : { resolved_reason: resolved.reason }),
    state: resolved === undefined ? 'open' : 'resolved',
    summary: episode.summary,
    runbook_url: episode.runbookUrl,
    frame_seq: episode.frameSeq,
    ...(meta === undefined ? {} : { meta: { ...meta } }),
  }
}

/** What is open of one book, oldest first, whatever window it is about; in shadow only /alerts tells of it. */
export function openAlertsOf(
  board: Pick<AlertBoard, 'open' | 'isShadow'>,
  { strategyId, account }: BookKey,
): AlertBody[] {
  if (board.isShadow) return []
  return board
    .open()
    .filter((episode) => episode.strategyId === strategyId && episode.account === account)
    .map(alertBody)
}
