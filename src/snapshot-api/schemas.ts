import { z } from 'zod'
import { RESOLVED_REASONS, SEVERITIES } from '../domain/alerts.js'
import { CALENDAR_NAMES } from '../domain/calendar.js'
import { METRIC_GROUPS, type MetaValue, QUALITIES, REASONS, STATUSES, TIERS, UNITS } from '../domain/metric.js'
import { LEVEL } from '../domain/series.js'
import { WINDOWS } from '../domain/window.js'
import { NOT_READY_REASONS, PROBLEM_TYPE_PREFIX } from './problem.js'

/** Every answer of the API. The routes build their bodies as these types; the tests parse what was sent with them. */

/** RFC 3339 in UTC with milliseconds. */
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()
const seconds = z.number().nonnegative()

/**
 * When the market of a book trades, at the frame's T. While open: when it opened and will close; while closed: when it
 * opens and closes next. A market that never closes has neither. `unknown` beyond what the calendar covers.
 */
export const sessionSchema = z.discriminatedUnion('state', [
  z.strictObject({
    calendar: z.enum(CALENDAR_NAMES),
    state: z.literal('open'),
    opened_at: instant.optional(),
    closes_at: instant.optional(),
  }),
  z.strictObject({
    calendar: z.enum(CALENDAR_NAMES),
    state: z.literal('closed'),
    opens_at: instant.optional(),
    closes_at: instant.optional(),
    reason: z.literal('calendar_out_of_range').optional(),
  }),
  z.strictObject({
    calendar: z.enum(CALENDAR_NAMES),
    state: z.literal('unknown'),
    reason: z.literal('calendar_out_of_range'),
  }),
])
export type SessionBody = z.infer<typeof sessionSchema>

export const metaValue: z.ZodType<MetaValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(metaValue), z.record(z.string(), metaValue)]),
)

const metricCommon = {
  metric_name: z.string(),
  group: z.enum(METRIC_GROUPS),
  window: z.enum(WINDOWS),
  unit: z.enum(UNITS),
  as_of: instant.nullable(),
  freshness_seconds: seconds.nullable(),
  formula_version: z.string(),
  meta: z.record(z.string(), metaValue),
}

/** A value, or the reason why there is none: never null alone. */
const metricSchema = z.discriminatedUnion('status', [
  z.strictObject({ ...metricCommon, value: z.number(), status: z.literal('ok'), quality: z.enum(['good', 'stale']) }),
  z.strictObject({
    ...metricCommon,
    value: z.null(),
    status: z.literal('insufficient_data'),
    reason: z.enum(REASONS),
    quality: z.literal('insufficient_data'),
  }),
  z.strictObject({
    ...metricCommon,
    value: z.null(),
    status: z.literal('error'),
    reason: z.enum(REASONS),
    quality: z.literal('error'),
  }),
])
export type MetricBody = z.infer<typeof metricSchema>

const groupSchema = z.strictObject({
  group: z.enum(METRIC_GROUPS),
  as_of: instant.nullable(),
  freshness_seconds: seconds.nullable(),
  quality: z.enum(QUALITIES),
})
export type GroupBody = z.infer<typeof groupSchema>

/** An episode in which a book breaches a policy: one id from its opening to its end. */
export const alertSchema = z.strictObject({
  alert_id: z.uuid(),
  policy: z.string(),
  strategy_id: z.string(),
  account: z.string(),
  severity: z.enum(SEVERITIES),
  category: z.string(),
  metric_name: z.string(),
  window: z.enum([...WINDOWS, LEVEL]),
  threshold: z.number(),
  observed: z.number().nullable(),
  unit: z.enum(UNITS),
  consecutive_frames: count,
  opened_at: instant,
  resolved_at: instant.nullable(),
  resolved_reason: z.enum(RESOLVED_REASONS).optional(),
  state: z.enum(['open', 'resolved']),
  summary: z.string(),
  runbook_url: z.string(),
  frame_seq: count,
  meta: z.record(z.string(), metaValue).optional(),
})
export type AlertBody = z.infer<typeof alertSchema>

/** Newest first. `shadow`: policies are judged, and nobody is told but who asks here. */
export const alertsSchema = z.strictObject({
  alerts: z.array(alertSchema),
  next_cursor: z.string().nullable(),
  shadow: z.boolean(),
})
export type AlertsBody = z.infer<typeof alertsSchema>

export const snapshotSchema = z.strictObject({
  strategy_id: z.string(),
  strategy: z.string(),
  account: z.string(),
  window: z.enum(WINDOWS),
  frame_as_of: instant,
  frame_seq: count,
  formula_set: z.string(),
  inputs_digest: z.string(),
  session: sessionSchema,
  quality: z.enum(QUALITIES),
  groups: z.array(groupSchema),
  metrics: z.array(metricSchema),
  alerts: z.array(alertSchema),
})
export type SnapshotBody = z.infer<typeof snapshotSchema>

/** Columns: every series has the length of `timestamps`; null where nothing is known. */
export const seriesSchema = z.strictObject({
  strategy_id: z.string(),
  account: z.string(),
  window: z.enum(WINDOWS),
  from: instant,
  to: instant,
  step_seconds: z.number().positive(),
  resolution_seconds: z.number().positive(),
  timestamps: z.array(instant),
  series: z.record(
    z.string(),
    z.strictObject({
      unit: z.enum(UNITS),
      formula_version: z.string(),
      values: z.array(z.number().nullable()),
    }),
  ),
  truncated: z.literal(false),
  source: z.literal('store'),
})
export type SeriesBody = z.infer<typeof seriesSchema>

const changeCommon = { metric_name: z.string(), as_of: instant.nullable() }

/** What has changed in a book's window since the event before, whose frame_seq is prev_frame_seq. */
export const deltaSchema = z.strictObject({
  strategy_id: z.string(),
  account: z.string(),
  window: z.enum(WINDOWS),
  frame_seq: count,
  prev_frame_seq: count,
  frame_as_of: instant,
  changed: z.array(
    z.discriminatedUnion('status', [
      z.strictObject({
        ...changeCommon,
        value: z.number(),
        status: z.literal('ok'),
        quality: z.enum(['good', 'stale']),
      }),
      z.strictObject({
        ...changeCommon,
        value: z.null(),
        status: z.enum(['insufficient_data', 'error']),
        reason: z.enum(REASONS),
        quality: z.enum(QUALITIES),
      }),
    ]),
  ),
  groups: z.array(groupSchema).optional(),
})
export type DeltaBody = z.infer<typeof deltaSchema>

const explanationRow = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

/**
 * How one number of a frame came about: what /snapshot says of it, its definition, and the parts it was made from. A list
 * holds the rows that matter most, with the count and the sums of what it leaves out.
 */
export const explainSchema = z.strictObject({
  strategy_id: z.string(),
  strategy: z.string(),
  account: z.string(),
  window: z.enum(WINDOWS),
  frame_as_of: instant,
  frame_seq: count,
  formula_set: z.string(),
  inputs_digest: z.string(),
  session: sessionSchema,
  metric_name: z.string(),
  group: z.enum(METRIC_GROUPS),
  unit: z.enum(UNITS),
  status: z.enum(STATUSES),
  reason: z.enum(REASONS).optional(),
  value: z.number().nullable(),
  value_unrounded: z.number().nullable(),
  formula_version: z.string(),
  meta: z.record(z.string(), metaValue),
  tier: z.enum(TIERS),
  computed_for: instant,
  window_start: instant.nullable(),
  summary: z.string(),
  formula: z.string().nullable(),
  undefined_when: z.string().nullable(),
  convention: z.string().nullable(),
  source: z.string().nullable(),
  reproduced: z.boolean(),
  parts: z
    .array(
      z.strictObject({
        name: z.string(),
        about: z.string(),
        values: explanationRow,
        list: z
          .strictObject({
            order: z.string(),
            rows: z.array(explanationRow).readonly(),
            left_out: z.strictObject({ count, sums: explanationRow }),
          })
          .optional(),
      }),
    )
    .readonly(),
})
export type ExplainBody = z.infer<typeof explainSchema>

export const strategiesSchema = z.strictObject({
  strategies: z.array(
    z.strictObject({
      strategy_id: z.string(),
      name: z.string(),
      enabled: z.boolean(),
      calendar: z.enum(CALENDAR_NAMES),
      accounts: z.array(z.string()),
      first_fact_at: instant.nullable(),
      last_fact_at: instant.nullable(),
    }),
  ),
})
export type StrategiesBody = z.infer<typeof strategiesSchema>

const stageSchema = z.strictObject({
  stage: z.string(),
  status: z.enum(['ok', 'degraded', 'failing', 'disabled']),
  lag_seconds: z.number().nullable(),
  last_success_at: instant.nullable(),
  last_error_at: instant.nullable(),
  last_error_code: z.string().nullable(),
  errors_total: count,
  last_frame_seq: count.nullable(),
  verified_at: instant.nullable().optional(),
})

export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'degraded', 'failing', 'warming_up', 'disabled']),
  stages: z.array(stageSchema),
  /** Which of how many this is, where there are several. */
  shard: count.optional(),
  shards: count.optional(),
  writer: z.boolean().optional(),
  frames: z.strictObject({ last_at: instant.nullable(), missing_seconds: seconds.nullable(), dropped_total: count }),
  facts: z.strictObject({
    rejected: count,
    orphans: count,
    waiting_for_price: count,
    snapshots_refused: count,
    inferred_flows: count,
    rebases: count,
  }),
  session: z.array(sessionSchema),
  build: z.strictObject({ version: z.string(), revision: z.string() }),
})
export type HealthBody = z.infer<typeof healthSchema>

export const probeSchema = z.strictObject({ status: z.enum(['ok', 'disabled']) })
export type ProbeBody = z.infer<typeof probeSchema>

export const problemSchema = z.strictObject({
  type: z.string().startsWith(PROBLEM_TYPE_PREFIX),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  reason: z.enum(NOT_READY_REASONS).optional(),
  /** The one that has the book, of how many. */
  shard: count.optional(),
  shards: count.optional(),
  errors: z
    .array(
      z.strictObject({
        parameter: z.string(),
        problem: z.string(),
        allowed: z.array(z.string()).readonly().optional(),
        near: z.array(z.string()).readonly().optional(),
      }),
    )
    .optional(),
  request_id: z.string(),
})
