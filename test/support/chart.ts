import { spawnSync } from 'node:child_process'
import { parseAllDocuments } from 'yaml'

export const CHART = 'charts/quant-exporter'
/** A Kubernetes that the chart is rendered for. */
const KUBERNETES_VERSION = '1.34.0'

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
    readonly fieldRef?: { readonly fieldPath: string }
  }
}

interface PodSpec {
  readonly enableServiceLinks?: boolean
  readonly securityContext: object
  readonly containers: readonly [
    {
      readonly env: readonly EnvVar[]
      readonly securityContext: object
      readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
    },
  ]
  readonly volumes?: readonly { readonly name: string }[]
}

/** What tests look at of an object; the schemas of Kubernetes judge the rest. */
export interface KubernetesObject {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly data?: Readonly<Record<string, string>>
  readonly spec: {
    readonly strategy: object
    readonly replicas: number
    readonly serviceName: string
    readonly podManagementPolicy: string
    readonly clusterIP?: string
    readonly ingress: readonly { readonly from: readonly object[] }[]
    readonly egress: readonly { readonly to?: readonly object[] }[]
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
      readonly spec: PodSpec
    }
    readonly ports: readonly { readonly name: string }[]
    readonly publishNotReadyAddresses: boolean
    readonly groups: readonly { readonly name: string }[]
    readonly route: Route
    readonly receivers: readonly { readonly name: string }[]
  }
}

interface Route {
  readonly receiver: string
  readonly routes?: readonly Route[]
}

/** The receivers that a route and those below it send to. */
export function receiversOf({ receiver, routes = [] }: Route): readonly string[] {
  return [receiver, ...routes.flatMap(receiversOf)]
}

/** What helm said when it was asked for something. */
export interface HelmAnswer {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** Runs helm on the chart with files of values and single ones. */
export function helm(
  command: 'lint' | 'template',
  valueFiles: readonly string[] = [],
  set: readonly string[] = [],
): HelmAnswer {
  const of = command === 'lint' ? ['lint', '--strict', CHART] : ['template', 'quant-exporter', CHART, '-n', 'torghut']
  const { status, stdout, stderr } = spawnSync(
    'helm',
    [
      ...[...of, `--kube-version=${KUBERNETES_VERSION}`],
      ...valueFiles.map((file) => `--values=${file}`),
      ...set.map((value) => `--set=${value}`),
    ],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  )
  return { status, out: stdout, err: stderr }
}

/** The objects that the chart makes of these values; throws what helm says where it refuses. */
export function render(valueFiles: readonly string[] = [], set: readonly string[] = []): readonly KubernetesObject[] {
  const { status, out, err } = helm('template', valueFiles, set)
  if (status !== 0) throw new Error(`helm refuses: ${err}`)
  return objectsIn(out)
}

/** The objects of a file of many documents. */
export function objectsIn(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const content: KubernetesObject | null = document.toJS()
    return content === null ? [] : [content]
  })
}
