import { z } from 'zod'
import { INCIDENT_NAMES } from '../../domain/incident.js'

const instant = z.iso.datetime({ precision: 3 })

/** An incident that is on says since when (T) and, when it ends by itself, until when. */
export const incidentSchema = z.strictObject({
  name: z.enum(INCIDENT_NAMES),
  state: z.enum(['on', 'off']),
  since: instant.optional(),
  until: instant.optional(),
  summary: z.string(),
})
export type IncidentBody = z.infer<typeof incidentSchema>

export const incidentsSchema = z.strictObject({ incidents: z.array(incidentSchema) })
export type IncidentsBody = z.infer<typeof incidentsSchema>

/** What a problem of the control route says, as far as a command prints it. */
export const incidentProblemSchema = z.object({
  detail: z.string(),
  errors: z
    .array(z.object({ parameter: z.string(), problem: z.string(), near: z.array(z.string()).optional() }))
    .optional(),
})
