import { z } from 'zod'
import { SEVERITIES } from '../../domain/alerts.js'
import { WINDOWS } from '../../domain/window.js'
import { ALERT_STATES, type ALERTS_PARAMETERS, DEFAULT_ALERTS, DEFAULT_STATE, MOST_ALERTS } from '../alerts-query.js'
import type { EXPLAIN_PARAMETERS } from '../explain-query.js'
import type { GATE_PARAMETERS } from '../gate-query.js'
import type { SERIES_PARAMETERS } from '../series-query.js'
import { DEFAULT_WINDOW, LONGEST_METRIC_NAME, LONGEST_NAME, type SNAPSHOT_PARAMETERS } from '../snapshot-query.js'
import type { STREAM_PARAMETERS } from '../stream/stream-query.js'

/** A parameter of a query as the document describes it; the routes read them with parsers of their own. */
export interface Parameter {
  readonly description: string
  readonly schema: z.ZodType
  readonly isRequired?: true
  /** Comma-separated in one value. */
  readonly isList?: true
}

type ParametersOf<Names extends readonly string[]> = Readonly<Record<Names[number], Parameter>>

const name = z.string().min(1).max(LONGEST_NAME)
const metricName = z.string().min(1).max(LONGEST_METRIC_NAME)
const instant = z.iso.datetime({ offset: true })

const strategy_id: Parameter = { description: 'A strategy, as /strategies lists them.', schema: name, isRequired: true }
const account: Parameter = {
  description: 'One of its accounts; may be left out where the strategy has one live account.',
  schema: name,
}
const window: Parameter = {
  description: 'Minutes and hours of wall-clock time; days are trading sessions.',
  schema: z.enum(WINDOWS).default(DEFAULT_WINDOW),
}

export const SNAPSHOT: ParametersOf<typeof SNAPSHOT_PARAMETERS> = {
  strategy_id,
  account,
  window,
  metrics: { description: 'Only these metrics.', schema: z.array(metricName).min(1), isList: true },
  adapter: {
    description: 'The execution metrics of the orders that went by this adapter.',
    schema: name.default('all'),
  },
}

export const SERIES: ParametersOf<typeof SERIES_PARAMETERS> = {
  strategy_id,
  account,
  metrics: { description: 'At most 20.', schema: z.array(metricName).min(1).max(20), isRequired: true, isList: true },
  window,
  from: { description: 'Begin of the range; without it as long before `to` as the window.', schema: instant },
  to: { description: 'End of the range; without it now.', schema: instant },
  step: {
    description:
      'Distance of the points: seconds, or a number with s, m, h or d. Raised to the resolution that is stored; without it the range over 500.',
    schema: z.string().regex(/^\d{1,8}[smhd]?$/),
  },
}

export const EXPLAIN: ParametersOf<typeof EXPLAIN_PARAMETERS> = {
  strategy_id,
  account,
  window,
  metric_name: { description: 'The metric to explain.', schema: metricName, isRequired: true },
}

export const GATE: ParametersOf<typeof GATE_PARAMETERS> = { strategy_id, account }

export const ALERTS: ParametersOf<typeof ALERTS_PARAMETERS> = {
  strategy_id: { description: 'Only of this strategy.', schema: name },
  account: { description: 'Only of books in this account.', schema: name },
  state: { description: 'Open, over, or both.', schema: z.enum(ALERT_STATES).default(DEFAULT_STATE) },
  severity: { description: 'Only of this severity.', schema: z.enum(SEVERITIES) },
  policy: { description: 'Only of this policy.', schema: name },
  from: { description: 'Opened then or later.', schema: instant },
  to: { description: 'Opened before.', schema: instant },
  limit: { description: 'How many at most.', schema: z.int().min(1).max(MOST_ALERTS).default(DEFAULT_ALERTS) },
  cursor: { description: 'The `next_cursor` of the page before.', schema: z.string().min(1).max(LONGEST_NAME) },
}

export const STREAM: ParametersOf<typeof STREAM_PARAMETERS> = {
  strategy_id: { description: 'Only the books of this strategy.', schema: name },
  account: { description: 'Only the books in this account.', schema: name },
  window,
}
