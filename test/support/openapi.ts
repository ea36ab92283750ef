import { z } from 'zod'

/** The structure of an OpenAPI 3.1 document, as far as ours uses it: anything else in it is an error. */

const jsonSchema = z.record(z.string(), z.unknown())
const reference = (section: string) => z.strictObject({ $ref: z.string().startsWith(`#/components/${section}/`) })
const header = z.strictObject({ description: z.string().min(1), schema: jsonSchema })

const response = z.strictObject({
  description: z.string().min(1),
  headers: z.record(z.string(), reference('headers')),
  content: z.record(z.string().regex(/^[a-z]+\/[a-z+-]+$/), z.strictObject({ schema: jsonSchema })).optional(),
})

const parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['query', 'header']),
  description: z.string().min(1),
  required: z.boolean(),
  style: z.literal('form').optional(),
  explode: z.literal(false).optional(),
  schema: jsonSchema,
})

const operation = z.strictObject({
  operationId: z.string().regex(/^[A-Za-z]+$/),
  summary: z.string().min(1),
  description: z.string().min(1),
  security: z.array(z.record(z.string(), z.tuple([]))).min(1),
  parameters: z.array(parameter),
  responses: z.record(z.string().regex(/^[2-5]\d\d$/), response),
})

export const openApiSchema = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: z.string().min(1),
    version: z.string().regex(/^\d+\.\d+\.\d+$/),
    description: z.string().min(1),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  servers: z.array(z.strictObject({ url: z.string() })),
  paths: z.record(z.string().startsWith('/'), z.strictObject({ get: operation })),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[A-Za-z0-9._-]+$/), jsonSchema),
    headers: z.record(z.string(), header),
    securitySchemes: z.record(
      z.string(),
      z.strictObject({ type: z.literal('http'), scheme: z.literal('bearer'), description: z.string() }),
    ),
  }),
})

/** Every object in a JSON value, the value itself included. */
export function objectsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  if (typeof value !== 'object' || value === null) return []
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)]
}

/** What a reference of the document leads to; undefined where it leads nowhere. */
export function resolve(document: unknown, reference: string): unknown {
  const step = (place: unknown, key: string) =>
    typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[key] : undefined
  return reference.replace(/^#\//, '').split('/').reduce(step, document)
}
