import type pg from 'pg'
import type { AlertEpisode, AlertPage, AlertQuery, AlertWindow, ResolvedReason, Severity } from '../../domain/alerts.js'
import type { MetaValue, Unit } from '../../domain/metric.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import { SCHEMA } from './client.js'
import { asStoreError } from './errors.js'
import type { StoreQuery } from './writer-session.js'

const TABLE = `${SCHEMA}.quant_alerts`

const COLUMNS = [
  ...['alert_id', 'policy', 'strategy_id', 'account', 'severity', 'category', 'metric_name', '"window"', 'threshold'],
  ...['observed', 'unit', 'consecutive_frames', 'opened_at', 'resolved_at', 'resolved_reason', 'summary'],
  ...['runbook_url', 'frame_seq', 'meta'],
].join(', ')

/** What of an episode can change in its life. */
const CHANGES = ['severity', 'threshold', 'observed', 'consecutive_frames', 'resolved_at', 'resolved_reason', 'summary']

/**
 * Writes episodes as they are now, new or known. One that is resolved stays so: an episode does not open twice, and a
 * process that was late to hear of its end does not undo it.
 */
export async function saveAlerts(query: StoreQuery, shard: number, episodes: readonly AlertEpisode[]): Promise<void> {
  if (episodes.length === 0) return
  await query(
    `INSERT INTO ${TABLE} AS there (${COLUMNS}, shard)
     SELECT ${COLUMNS}, $2::smallint FROM jsonb_populate_recordset(NULL::${TABLE}, $1::jsonb)
     ON CONFLICT (alert_id) DO UPDATE SET
       ${[...CHANGES, 'frame_seq', 'meta', 'shard'].map((column) => `${column} = excluded.${column}`).join(', ')}
     WHERE there.resolved_at IS NULL`,
    [JSON.stringify(episodes.map(recordOf)), shard],
  )
}

/**
 * The episodes that are open, oldest first, of all shards: what evaluators go on with after a restart. Whose an episode is
 * follows from its book, not from who wrote it: a book may have moved since.
 */
export async function openAlerts(query: StoreQuery): Promise<readonly AlertEpisode[]> {
  const rows = await query<AlertRecord>(
    `SELECT ${READ} FROM ${TABLE} WHERE resolved_at IS NULL ORDER BY opened_at, alert_id`,
  )
  return rows.map(episodeOf)
}

/**
 * Closes open episodes that nobody holds open any more: their policy was taken away, or their end was seen by nobody.
 * Returns how many were still open.
 */
export async function closeAlerts(
  query: StoreQuery,
  alertIds: readonly string[],
  resolved: { readonly at: EpochMs; readonly reason: ResolvedReason },
): Promise<number> {
  const rows = await query(
    `UPDATE ${TABLE} SET resolved_at = greatest(opened_at, $2), resolved_reason = $3
     WHERE resolved_at IS NULL AND alert_id = ANY ($1::uuid[]) RETURNING alert_id`,
    [alertIds, toIso(resolved.at), resolved.reason],
  )
  return rows.length
}

/** One page of all shards' episodes, newest first. Rejects with a QuantError. */
export async function findAlerts(pool: pg.Pool, alertQuery: AlertQuery): Promise<AlertPage> {
  const { strategyId, account, state, severity, policy, from, to, limit, after } = alertQuery
  try {
    const { rows } = await pool.query<AlertRecord>(
      `SELECT ${READ} FROM ${TABLE}
       WHERE ($1::text IS NULL OR strategy_id = $1) AND ($2::text IS NULL OR account = $2)
         AND ($3::boolean IS NULL OR (resolved_at IS NULL) = $3)
         AND ($4::text IS NULL OR severity = $4) AND ($5::text IS NULL OR policy = $5)
         AND ($6::timestamptz IS NULL OR opened_at >= $6) AND ($7::timestamptz IS NULL OR opened_at < $7)
         AND ($8::timestamptz IS NULL OR (opened_at, alert_id) < ($8, $9::uuid))
       ORDER BY opened_at DESC, alert_id DESC LIMIT $10`,
      [
        strategyId ?? null,
        account ?? null,
        state === 'all' ? null : state === 'open',
        severity ?? null,
        policy ?? null,
        from === undefined ? null : toIso(from),
        to === undefined ? null : toIso(to),
        after === undefined ? null : toIso(after.openedAt),
        after?.alertId ?? null,
        // One more than asked for tells whether there is another page.
        limit + 1,
      ],
    )
    const alerts = rows.slice(0, limit).map(episodeOf)
    const last = alerts.at(-1)
    const next =
      rows.length > limit && last !== undefined ? { openedAt: last.openedAt, alertId: last.alertId } : undefined
    return { alerts, next }
  } catch (error) {
    throw asStoreError(error)
  }
}

interface AlertRecord {
  readonly alert_id: string
  readonly policy: string
  readonly strategy_id: string
  readonly account: string
  readonly severity: Severity
  readonly category: string
  readonly metric_name: string
  readonly window: AlertWindow
  readonly threshold: number
  readonly observed: number | null
  readonly unit: Unit
  readonly consecutive_frames: number
  readonly opened_ms: number
  readonly resolved_ms: number | null
  readonly resolved_reason: ResolvedReason | null
  readonly summary: string
  readonly runbook_url: string
  readonly frame_seq: string
  readonly meta: Readonly<Record<string, MetaValue>> | null
}

const millis = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`
const READ = `${COLUMNS}, ${millis('opened_at')} AS opened_ms, ${millis('resolved_at')} AS resolved_ms`

function recordOf(episode: AlertEpisode) {
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
    resolved_at: episode.resolved === undefined ? null : toIso(episode.resolved.at),
    resolved_reason: episode.resolved?.reason ?? null,
    summary: episode.summary,
    runbook_url: episode.runbookUrl,
    frame_seq: episode.frameSeq,
    meta: episode.meta ?? null,
  }
}

function episodeOf(record: AlertRecord): AlertEpisode {
  const { resolved_ms: resolvedMs, resolved_reason: reason } = record
  return {
    alertId: record.alert_id,
    policy: record.policy,
    strategyId: record.strategy_id,
    account: record.account,
    severity: record.severity,
    category: record.category,
    metricName: record.metric_name,
    window: record.window,
    threshold: record.threshold,
    observed: record.observed,
    unit: record.unit,
    consecutiveFrames: record.consecutive_frames,
    openedAt: record.opened_ms,
    resolved: resolvedMs === null || reason === null ? undefined : { at: resolvedMs, reason },
    summary: record.summary,
    runbookUrl: record.runbook_url,
    frameSeq: Number(record.frame_seq),
    meta: record.meta ?? undefined,
  }
}
