import { z } from 'zod'
import { METRIC_GROUPS } from '../domain/metric.js'
import { GATE_DECISIONS, GATE_REASONS } from './gate-decision.js'

/** Whether a book may be promoted; without reasons it may. `unknown` is never a pass. */
export const gateSchema = z.strictObject({
  decision: z.enum(GATE_DECISIONS),
  reasons: z.array(
    z.strictObject({
      reason: z.enum(GATE_REASONS),
      detail: z.string(),
      policy: z.string().optional(),
      alert_id: z.uuid().optional(),
      group: z.enum(METRIC_GROUPS).optional(),
    }),
  ),
  evaluated_at: z.iso.datetime({ precision: 3 }),
})
export type GateBody = z.infer<typeof gateSchema>
