import { z } from 'zod'
import { settingEntries } from '../config/environment.js'

/** Settings that the chart makes of values of their own, or of secrets; they cannot be given by name as well. */
export const SETTINGS_OF_VALUES = [
  'JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED',
  'JANGAR_TORGHUT_QUANT_ALERTS_ENABLED',
  'QUANT_CONFIG',
  'QUANT_GATE_ENABLED',
  'QUANT_RUNBOOKS_URL',
  'QUANT_SHARD',
  'QUANT_SHARD_PEERS',
  'QUANT_LISTEN',
  'QUANT_METRICS_LISTEN',
  'QUANT_API_ENABLED',
  'QUANT_API_ANONYMOUS',
  'QUANT_API_TOKENS',
  'QUANT_API_TOKENS_FILE',
  'QUANT_METRICS_TOKEN',
  'QUANT_METRICS_TOKEN_FILE',
  'TORGHUT_DB_DSN',
  'TORGHUT_DB_DSN_FILE',
  'TORGHUT_DB_CA_CERT',
  'CH_HOST',
  'CH_PORT',
  'CH_DATABASE',
  'CH_USER',
  'CH_SECURE',
  'CH_PASSWORD',
  'CH_PASSWORD_FILE',
  'CH_CA_CERT',
  'QUANT_STORE_DSN',
  'QUANT_STORE_DSN_FILE',
  'QUANT_STORE_CA_CERT',
  'QUANT_SERIES_CLICKHOUSE_URL',
  'QUANT_SERIES_CLICKHOUSE_URL_FILE',
  'QUANT_SERIES_CLICKHOUSE_CA_CERT',
]

const flag = z.boolean()
const text = z.string()
const port = z.int().min(1).max(65_535)
/** Objects of Kubernetes, which its own schemas judge. */
const foreign = z.looseObject({})
const foreignList = z.array(foreign)
const strings = z.record(z.string(), z.string())
const secret = z.strictObject({ name: text, key: text }).partial()
const duration = z.string().regex(/^([0-9]+(ms|s|m|h))+$/)

/** Of values.yaml: all keys may be left out, and no other may stand there, at any depth. */
const values = z
  .strictObject({
    // Helm's own, handed to every chart.
    global: foreign,
    quant: z.strictObject({ enabled: flag }).partial(),
    shards: z.int().min(1).max(64),
    alerts: z.strictObject({ enabled: flag, runbooksUrl: text, grafanaUrl: text }).partial(),
    gate: z.strictObject({ enabled: flag, analysisTemplate: flag, prometheusUrl: text }).partial(),
    api: z.strictObject({ enabled: flag, anonymous: flag, tokensSecret: secret }).partial(),
    metrics: z.strictObject({ tokenSecret: secret }).partial(),
    torghut: z.strictObject({ dsnSecret: secret, caSecret: secret }).partial(),
    clickhouse: z
      .strictObject({
        ...{ host: text, port: port.nullable(), database: text, user: text, secure: flag },
        ...{ passwordSecret: secret, caSecret: secret },
      })
      .partial(),
    store: z.strictObject({ dsnSecret: secret, caSecret: secret }).partial(),
    series: z.strictObject({ clickhouseUrlSecret: secret, clickhouseCaSecret: secret }).partial(),
    config: foreign.describe('The content of QUANT_CONFIG, which the exporter judges.'),
    settings: settingsSchema(),
    image: z
      .strictObject({
        ...{ registry: text, repository: text, tag: text, digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/) },
        pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
      })
      .partial(),
    imagePullSecrets: foreignList,
    nameOverride: text,
    fullnameOverride: text,
    commonLabels: strings,
    serviceAccount: z.strictObject({ create: flag, name: text, annotations: strings }).partial(),
    podAnnotations: strings,
    podLabels: strings,
    podSecurityContext: foreign,
    securityContext: foreign,
    resources: foreign,
    livenessProbe: foreign,
    readinessProbe: foreign,
    terminationGracePeriodSeconds: z.int().min(0),
    priorityClassName: text,
    nodeSelector: strings,
    tolerations: foreignList,
    affinity: foreign,
    topologySpreadConstraints: foreignList,
    extraEnv: foreignList,
    extraEnvFrom: foreignList,
    extraVolumes: foreignList,
    extraVolumeMounts: foreignList,
    service: z
      .strictObject({
        type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
        ...{ annotations: strings, httpPort: port, metricsPort: port },
      })
      .partial(),
    serviceMonitor: z
      .strictObject({
        ...{ enabled: flag, labels: strings, interval: duration, scrapeTimeout: duration },
        ...{ sampleLimit: z.int().min(0), relabelings: foreignList, metricRelabelings: foreignList },
      })
      .partial(),
    prometheusRule: z.strictObject({ enabled: flag, labels: strings }).partial(),
    alertmanagerConfig: z
      .strictObject({
        ...{ enabled: flag, labels: strings },
        receivers: z
          .strictObject({
            ...{ pager: foreign, 'operations-chat': foreign, 'quant-chat': foreign, 'dead-mans-switch': foreign },
          })
          .partial(),
      })
      .partial(),
    dashboards: z
      .strictObject({
        ...{ enabled: flag, labels: strings, annotations: strings },
        grafanaOperator: z.strictObject({ enabled: flag, folder: text, instanceSelector: foreign }).partial(),
      })
      .partial(),
    networkPolicy: z
      .strictObject({ enabled: flag, httpFrom: foreignList, metricsFrom: foreignList, egressPorts: z.array(port) })
      .partial(),
    podDisruptionBudget: z
      .strictObject({ enabled: flag, maxUnavailable: z.union([z.int().min(0), z.string().regex(/^[0-9]+%$/)]) })
      .partial(),
    argocd: z.strictObject({ enabled: flag }).partial(),
  })
  .partial()

/** values.schema.json, by which Helm refuses what is mistyped. */
export function renderValuesSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(values, { target: 'draft-7', io: 'input' }), undefined, 2)}\n`
}

function settingsSchema() {
  const others = settingEntries().filter(([, { key }]) => !SETTINGS_OF_VALUES.includes(key))
  const scalar = z.union([z.string(), z.number(), z.boolean()])
  return z
    .strictObject(Object.fromEntries(others.map(([, { key, description }]) => [key, scalar.describe(description)])))
    .partial()
}
