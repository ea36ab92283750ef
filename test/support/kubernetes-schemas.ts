import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** Go modules that hold the schemas: of Kubernetes as OpenAPI, of custom resources as their definitions. */
const KUBERNETES = 'k8s.io/kubernetes@v1.34.4'
const DEFINITIONS = [
  ['github.com/prometheus-operator/prometheus-operator@v0.85.0', 'example/prometheus-operator-crd'],
  ['github.com/argoproj/argo-rollouts@v1.8.3', 'manifests/crds'],
  ['github.com/argoproj/argo-cd/v3@v3.1.9', 'manifests/crds'],
  ['github.com/grafana/grafana-operator/v5@v5.18.0', 'config/crd/bases'],
] as const
/** Kinds of Kubernetes that the chart renders. */
const KINDS = [
  'ConfigMap',
  'Deployment',
  'Job',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'Service',
  'ServiceAccount',
  'StatefulSet',
]

/** Where kubeconform finds the schema of a kind, below the folder. */
export const SCHEMA_TEMPLATE = '{{.ResourceKind}}-{{.ResourceAPIVersion}}.json'

interface Schema {
  readonly [keyword: string]: unknown
}

/** Writes a schema for each kind that the chart may hold, which refuses fields that the kind does not have. */
export function writeSchemas(folder: string): void {
  const write = (kind: string, version: string, schema: object) =>
    writeFileSync(join(folder, `${kind.toLowerCase()}-${version}.json`), JSON.stringify(schema))
  const swagger = join(moduleFolder(KUBERNETES), 'api/openapi-spec/swagger.json')
  const { definitions } = JSON.parse(readFileSync(swagger, 'utf8')) as { definitions: Record<string, Schema> }
  const strictDefinitions = Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, FREE_FORMS[name] ?? strict(schema)]),
  )
  for (const schema of Object.values(definitions)) {
    for (const { kind, version } of (schema['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[])
      if (KINDS.includes(kind)) write(kind, version, { ...strict(schema), definitions: strictDefinitions })
  }
  for (const [module, path] of DEFINITIONS) {
    const crds = join(moduleFolder(module), path)
    for (const file of readdirSync(crds)) {
      const { kind, spec } = parse(readFileSync(join(crds, file), 'utf8'))
      if (kind !== 'CustomResourceDefinition') continue
      for (const { name, schema } of spec.versions) write(spec.names.kind, name, strict(schema.openAPIV3Schema))
    }
  }
}

interface GroupVersionKind {
  readonly kind: string
  readonly version: string
}

/** Texts that may be numbers, which OpenAPI tells by a format only. */
const FREE_FORMS: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
}

/** The same schema without room for other fields, wherever it names some. */
function strict(schema: Schema): Schema {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, keyword === 'default' ? value : strictIn(value)]),
  )
  const isClosed = 'properties' in schema && !('additionalProperties' in schema)
  return isClosed && schema['x-kubernetes-preserve-unknown-fields'] !== true
    ? { ...inner, additionalProperties: false }
    : inner
}

function strictIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strictIn)
  if (typeof value !== 'object' || value === null) return value
  return isSchema(value)
    ? strict(value)
    : Object.fromEntries(Object.entries(value).map(([key, of]) => [key, strictIn(of)]))
}

/** A map of properties may have one that is named like a keyword; its value is no such keyword's. */
function isSchema(value: object): value is Schema {
  return (
    ['type', '$ref', 'items', 'x-kubernetes-preserve-unknown-fields'].some(
      (keyword) => keyword in value && typeof (value as Schema)[keyword] !== 'object',
    ) ||
    'anyOf' in value ||
    'allOf' in value
  )
}

/** Where the module lies; it is fetched where it is not there yet. */
function moduleFolder(module: string): string {
  const { Dir: folder } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' }))
  return folder
}
