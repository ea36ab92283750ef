import { z } from 'zod'
import { gateSchema } from '../gate-schema.js'
import {
  alertSchema,
  alertsSchema,
  deltaSchema,
  explainSchema,
  healthSchema,
  metaValue,
  probeSchema,
  problemSchema,
  seriesSchema,
  sessionSchema,
  snapshotSchema,
  strategiesSchema,
} from '../schemas.js'

const SCHEMAS = {
  Strategies: strategiesSchema,
  Snapshot: snapshotSchema,
  Delta: deltaSchema,
  Alert: alertSchema,
  Alerts: alertsSchema,
  Streamed: z.union([snapshotSchema, deltaSchema, alertSchema]),
  Series: seriesSchema,
  Explanation: explainSchema,
  Gate: gateSchema,
  Health: healthSchema,
  Probe: probeSchema,
  Problem: problemSchema,
  Session: sessionSchema,
  MetaValue: metaValue,
} as const satisfies Record<string, z.ZodType>
export type SchemaName = keyof typeof SCHEMAS

export type JsonSchema = Readonly<Record<string, unknown>>

export function refTo(name: SchemaName): { readonly $ref: string } {
  return { $ref: uriOf(name) }
}

function uriOf(name: string): string {
  return `#/components/schemas/${name}`
}

/** The schemas of all bodies, each named once and referred to by that name. */
export function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, uri: uriOf })
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, embedded(schema)]))
}

export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return embedded(z.toJSONSchema(schema, { ...OPTIONS, io: 'input' }))
}

/** As part of a document, which says which dialect it speaks and where the part is. */
function embedded(schema: object): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'))
}

const OPTIONS = {
  target: 'draft-2020-12',
  io: 'output',
  // The pattern of an instant is a screenful, and says nothing that its format does not.
  override: ({ jsonSchema }: { readonly jsonSchema: Record<string, unknown> }) => {
    if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
  },
} as const
