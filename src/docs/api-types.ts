import type { OpenApiDocument } from '../snapshot-api/openapi/document.js'
import type { JsonSchema } from '../snapshot-api/openapi/schemas.js'

/**
 * The bodies of the API as TypeScript: a type for each schema of its description, by its name.
 *
 * Made from the description and not from the code, so that it says what any client may rely on and needs no package.
 */
export function renderApiTypes({ components, info }: OpenApiDocument): string {
  const types = Object.entries(components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema, '')}\n`,
  )
  return [
    `// Generated from docs/openapi.json (contract ${info.version}) by npm run generate.`,
    '// Instants are RFC 3339 in UTC with milliseconds. null never stands alone: status and reason say why.',
    '',
    types.join('\n'),
  ].join('\n')
}

function typeOf(schema: JsonSchema, indent: string): string {
  const { $ref, type } = schema
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const parts = schemasOf(schema.anyOf ?? schema.oneOf)
  if (parts.length > 0) return parts.map((part) => typeOf(part, indent)).join(' | ')
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one }, indent)).join(' | ')
  switch (type) {
    case 'object':
      return objectType(schema, indent)
    case 'array':
      return listType(typeOf(schemaOf(schema.items), indent))
    case 'integer':
      return 'number'
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return type
    default:
      return 'unknown'
  }
}

function listType(item: string): string {
  return item.includes(' ') && !/^\{[^{}]*\}$/.test(item) ? `readonly (${item})[]` : `readonly ${item}[]`
}

function objectType({ properties, required, additionalProperties }: JsonSchema, indent: string): string {
  if (properties === undefined) return `{ readonly [key: string]: ${typeOf(schemaOf(additionalProperties), indent)} }`
  const isRequired = new Set(Array.isArray(required) ? required : [])
  const lines = Object.entries(schemaOf(properties)).map(([name, schema]) => {
    const type = typeOf(schemaOf(schema), `${indent}  `)
    return `${indent}  readonly ${name}${isRequired.has(name) ? `: ${type}` : `?: ${type} | undefined`}`
  })
  return ['{', ...lines, `${indent}}`].join('\n')
}

function schemaOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function schemasOf(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? value.map(schemaOf) : []
}
