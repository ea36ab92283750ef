import { z } from 'zod'

/** A place in a file: names of maps, numbers in lists. */
export type Path = readonly (string | number)[]

/** The schema without what makes it optional. */
export function required(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema
}

/** The schema of what lies under a name or number; undefined where the schema has no such place. */
function under(schema: z.ZodType, step: string | number): z.ZodType | undefined {
  const holder = required(schema)
  if (holder instanceof z.ZodObject) return (holder.shape as Record<string, z.ZodType>)[step]
  if (holder instanceof z.ZodRecord) return holder.valueType as z.ZodType
  if (holder instanceof z.ZodArray) return holder.element as z.ZodType
  return undefined
}

/** The schema of a place, as near to it as the schema goes. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType {
  let place = schema
  for (const step of path) place = under(place, step) ?? place
  return required(place)
}

/** What lies at a place of plain data; undefined where there is nothing. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

/** `calendars.XNYS.early_closes[0].date` */
export function formatPath(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}

export function namesIn(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}
