import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readConfig } from '../../src/config/config.js'
import { settingEntries } from '../../src/config/environment.js'
import { SETTINGS_OF_VALUES } from '../../src/docs/chart-values-schema.js'
import { CHART, helm, type KubernetesObject, objectsIn, receiversOf, render } from '../support/chart.js'
import { SCHEMA_TEMPLATE, writeSchemas } from '../support/kubernetes-schemas.js'
import { hasChartTool } from '../support/programs.js'
import { CERTIFICATE } from '../unit/config/certificate.js'

const PHASES = ['common', 'phase-1-shadow', 'phase-2-read-only', 'phase-3-alerts', 'phase-4-gates'].map(
  (name) => `argocd/values/${name}.yaml`,
)
const OFF = 'argocd/values/off.yaml'
/** Every list of values that is shipped, by name. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(readdirSync(`${CHART}/ci`).map((file) => [file, [`${CHART}/ci/${file}`]])),
  ...Object.fromEntries(PHASES.map((file, index) => [file, PHASES.slice(0, index + 1)])),
  [OFF]: [...PHASES, OFF],
}
const KEYS = settingEntries().map(([, { key }]) => key)

const withHelm = hasChartTool('helm') ? describe : describe.skip
const withKubeconform = hasChartTool('kubeconform') ? test : test.skip
/** kustomize asks helm for its version in words that Helm 4 does not know. */
const isHelm3 = spawnSync('helm', ['version', '--short'], { encoding: 'utf8' }).stdout?.startsWith('v3.') ?? false
const withKustomize = hasChartTool('kubectl') && isHelm3 ? test : test.skip

function deploymentOf(objects: readonly KubernetesObject[]): KubernetesObject {
  const found = objects.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
  if (found === undefined) throw new Error('there is nothing that makes pods')
  return found
}

const podOf = (objects: readonly KubernetesObject[]) => deploymentOf(objects).spec.template.spec
const envOf = (objects: readonly KubernetesObject[]) => podOf(objects).containers[0].env
/** What the process would find in its environment; a secret's value is the name of its key, and a shard is the second. */
const environmentOf = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(
    envOf(objects).flatMap(({ name, value, valueFrom }) =>
      name === 'POD_INDEX'
        ? []
        : [[name, value?.replace('$(POD_INDEX)', '1') ?? SECRETS[valueFrom?.secretKeyRef?.key ?? '']]],
    ),
  )
const SECRETS: Readonly<Record<string, string>> = {
  dsn: 'postgresql://reader:secret@db.example.internal/torghut?sslmode=verify-full',
  url: 'https://quant:secret@clickhouse.example.internal:8443/quant',
}
const namesOf = (objects: readonly KubernetesObject[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name.replace('quant-exporter', '*')}`).sort()
const added = (before: readonly string[], after: readonly string[]) => after.filter((name) => !before.includes(name))

describe('values', () => {
  test('settings that the chart makes of values are settings', () => {
    expect(SETTINGS_OF_VALUES.filter((key) => !KEYS.includes(key))).toEqual([])
  })
})

withHelm('the chart (program helm: scripts/install-chart-tools.sh)', () => {
  const rendered = new Map<string, readonly KubernetesObject[]>()
  const of = (name: string) => rendered.get(name) ?? []
  const phase = (number: number) => of(PHASES[number] ?? '')

  beforeAll(() => {
    for (const [name, files] of Object.entries(CASES)) rendered.set(name, render(files))
  }, 300_000)

  test.each(Object.keys(CASES))('passes helm lint --strict with %s', (name) => {
    const { status, out, err } = helm('lint', CASES[name])
    expect([status, out, err]).toEqual([0, expect.stringContaining('0 chart(s) failed'), expect.any(String)])
  })

  test.each([
    ['quant.enabld=true', 'enabld'],
    ['quantt.enabled=true', 'quantt'],
    ['settings.QUANT_POLL_INTERVALL_MS=500', 'QUANT_POLL_INTERVALL_MS'],
    ['settings.QUANT_LISTEN=0.0.0.0:1', 'QUANT_LISTEN'],
    ['torghut.dsnSecret.kee=dsn', 'kee'],
    ['quant.enabled=yes', 'quant.enabled'],
    ['serviceMonitor.interval=5', 'serviceMonitor.interval'],
    ['image.digest=latest', 'image.digest'],
    ['shards=0', 'shards'],
  ])('refuses the mistyped %s', (set, named) => {
    const { status, err } = helm('template', [], [set])
    // Helm 3 puts dots between the names of a place, Helm 4 slashes.
    expect([status, err.replaceAll('/', '.')]).toEqual([1, expect.stringContaining(named)])
  })

  test.each([
    ['quant.enabled=true', 'quant.enabled needs torghut.dsnSecret.name'],
    ['api.enabled=true', 'api.enabled needs api.tokensSecret.name'],
    ['gate.enabled=true', 'gate.enabled needs api.enabled'],
    ['gate.analysisTemplate=true', 'gate.analysisTemplate needs gate.enabled'],
  ])('refuses %s alone, and says what is missing', (set, why) => {
    const { status, err } = helm('template', [], [set])
    expect([status, err]).toEqual([1, expect.stringContaining(why)])
  })

  test('renders nothing that computes when nothing is said', () => {
    const objects = of('disabled-values.yaml')
    expect(namesOf(objects)).toEqual(['Deployment *', 'Job *-smoke-test', 'Service *', 'ServiceAccount *'])
    const environment = environmentOf(objects)
    expect(environment.JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED).toBe('false')
    expect(Object.keys(environment).filter((name) => /DSN|CH_|URL$/.test(name))).toEqual(['QUANT_RUNBOOKS_URL'])
    expect(podOf(objects).volumes).toBeUndefined()
  })

  test.each<[number, string, readonly string[], Readonly<Record<string, string>>]>([
    [
      1,
      'computes and is scraped',
      ['ServiceMonitor *'],
      {
        JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
        TORGHUT_DB_CA_CERT: '/etc/quant-exporter/torghut-ca/ca.crt',
        CH_PASSWORD_FILE: '/etc/quant-exporter/clickhouse-password/password',
        TORGHUT_DB_DSN: SECRETS.dsn ?? '',
        ...{ CH_HOST: 'clickhouse.torghut.svc', CH_DATABASE: 'torghut', CH_USER: 'quant_exporter', CH_SECURE: 'false' },
      },
    ],
    [
      2,
      'serves and keeps',
      ['execution', 'pipeline', 'risk', 'scoreboard'].map((name) => `ConfigMap *-${name}`),
      {
        QUANT_API_ENABLED: 'true',
        QUANT_STORE_CA_CERT: '/etc/quant-exporter/store-ca/ca.crt',
        QUANT_API_TOKENS_FILE: '/etc/quant-exporter/api-tokens/tokens',
        QUANT_STORE_DSN: SECRETS.dsn ?? '',
      },
    ],
    [
      3,
      'tells people',
      ['AlertmanagerConfig *', ...['meta', 'policy', 'recording', 'session'].map((name) => `PrometheusRule *-${name}`)],
      { JANGAR_TORGHUT_QUANT_ALERTS_ENABLED: 'true' },
    ],
    [4, 'answers promotions', ['AnalysisTemplate *-gate'], { QUANT_GATE_ENABLED: 'true' }],
  ])('phase %d %s, and adds nothing else', (number, _what, objects, environment) => {
    const [before, after] = [phase(number - 1), phase(number)]
    expect(added(namesOf(before), namesOf(after))).toEqual(objects)
    expect(added(namesOf(after), namesOf(before))).toEqual([])
    const had = environmentOf(before)
    const changed = Object.entries(environmentOf(after)).filter(([name, value]) => had[name] !== value)
    expect(Object.fromEntries(changed)).toEqual(environment)
    expect(added(Object.keys(environmentOf(after)), Object.keys(had))).toEqual([])
  })

  test('the rollback takes away the databases, and nothing but the pod is another', () => {
    const [before, after] = [phase(4), of(OFF)]
    const rest = (objects: readonly KubernetesObject[]) =>
      objects.filter(({ kind }) => !['Deployment', 'Job'].includes(kind))
    expect(rest(after)).toEqual(rest(before))
    const environment = environmentOf(after)
    expect(environment).toMatchObject({
      JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'false',
      QUANT_API_ENABLED: 'true',
    })
    expect(Object.keys(environment).filter((name) => /DSN|^CH_/.test(name))).toEqual([])
  })

  test.each(Object.keys(CASES))('gives the exporter an environment that it knows and accepts: %s', (name) => {
    const objects = of(name)
    const environment = environmentOf(objects)
    expect(Object.keys(environment).filter((key) => !KEYS.includes(key))).toEqual([])
    const configMap = objects.find(({ metadata }) => metadata.name === 'quant-exporter-config')
    const readFile = (path: string) => {
      if (path === environment.QUANT_CONFIG) return configMap?.data?.['quant-config.yaml'] ?? ''
      return path.endsWith('.crt') ? CERTIFICATE : 'x'.repeat(32)
    }
    const config = readConfig({ environment, readFile, isTerminal: false })
    expect([config.listen.host, config.metricsListen.port]).toEqual(['0.0.0.0', 9465])
  })

  test('mounts each secret whole, at the place that its variable names', () => {
    for (const name of ['full-values.yaml', PHASES[4] ?? '']) {
      const { containers, volumes = [] } = podOf(of(name))
      const [{ env, volumeMounts = [] }] = containers
      expect(volumeMounts.map((mount) => mount.name)).toEqual(volumes.map((volume) => volume.name))
      const paths = env.flatMap(({ value }) => (value?.startsWith('/etc/quant-exporter/') ? [value] : []))
      const folders = volumeMounts.map(({ mountPath }) => mountPath)
      expect(paths.filter((path) => !folders.some((folder) => path.startsWith(`${folder}/`)))).toEqual([])
    }
  })

  test('other limits are taken without a restart, other configuration with one', () => {
    const full = CASES['full-values.yaml'] ?? []
    const sum = (...set: string[]) =>
      deploymentOf(render(full, set)).spec.template.metadata.annotations['checksum/config']
    const strategy = 'config.strategies.6f1f2a0c-0b8e-4c58-a38d-2f1f4a9d7c11'
    expect(sum('config.policy.max_leverage=9', `${strategy}.policy.max_drawdown_1d=0.5`)).toBe(sum())
    expect(sum(`${strategy}.calendar=24x7`)).not.toBe(sum())
  })

  test('keeps the pod from everything that it does not need', () => {
    const { spec } = deploymentOf(of('disabled-values.yaml'))
    const pod = spec.template.spec
    expect(spec.strategy).toEqual({ type: 'Recreate' })
    expect(pod.enableServiceLinks).toBe(false)
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 })
    expect(pod.containers[0].securityContext).toEqual({
      ...{ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      capabilities: { drop: ['ALL'] },
    })
  })

  test('several shards are a set of pods that know their place, find each other, and may talk', () => {
    const objects = of('sharded-values.yaml')
    const named = (kind: string, name: string) => {
      const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
      if (found === undefined) throw new Error(`there is no ${kind} ${name}`)
      return found
    }
    expect(namesOf(objects)).toEqual(
      expect.arrayContaining(['StatefulSet *', 'Service *', 'Service *-shards', 'PodDisruptionBudget *']),
    )
    expect(namesOf(objects)).not.toContain('Deployment *')
    const set = named('StatefulSet', 'quant-exporter').spec
    expect([set.replicas, set.serviceName, set.podManagementPolicy]).toEqual([3, 'quant-exporter-shards', 'Parallel'])
    const env = envOf(objects)
    const placeOf = (wanted: string) => env.findIndex(({ name }) => name === wanted)
    expect(env[placeOf('POD_INDEX')]?.valueFrom?.fieldRef?.fieldPath).toBe(
      "metadata.labels['apps.kubernetes.io/pod-index']",
    )
    const readFile = (path: string) =>
      path.endsWith('.crt') ? CERTIFICATE : path.endsWith('.yaml') ? '' : 'x'.repeat(32)
    // A variable is put into those after it alone.
    expect(placeOf('POD_INDEX')).toBeLessThan(placeOf('QUANT_SHARD'))
    const config = readConfig({ environment: environmentOf(objects), readFile, isTerminal: false })
    expect(config.shards).toEqual({
      shard: { index: 1, count: 3 },
      peers: [0, 1, 2].map((index) => `http://quant-exporter-${index}.quant-exporter-shards.torghut.svc:9464`),
    })
    const peers = named('Service', 'quant-exporter-shards').spec
    expect([peers.clusterIP, peers.publishNotReadyAddresses, peers.ports.map(({ name }) => name)]).toEqual([
      'None',
      true,
      ['http'],
    ])
    const { ingress, egress } = named('NetworkPolicy', 'quant-exporter').spec
    const pods = {
      podSelector: { matchLabels: expect.objectContaining({ 'app.kubernetes.io/instance': 'quant-exporter' }) },
    }
    expect(ingress[0]?.from).toContainEqual(pods)
    expect(egress.flatMap(({ to = [] }) => to)).toContainEqual(pods)
  })

  test('its service has the ports http and metrics, which can be scraped while the history is read', () => {
    const service = of('disabled-values.yaml').find(({ kind }) => kind === 'Service')
    expect(service?.spec.ports.map(({ name }) => name)).toEqual(['http', 'metrics'])
    expect(service?.spec.publishNotReadyAddresses).toBe(true)
  })

  test('its rules are the shipped ones, with links to where things are', () => {
    const groups = of('full-values.yaml').flatMap(({ kind, spec }) => (kind === 'PrometheusRule' ? spec.groups : []))
    const shipped = readFileSync('prometheus-rules/out/quant-exporter.rules.yaml', 'utf8')
      .replaceAll(
        'runbook_url: docs/runbooks',
        'runbook_url: https://git.example.internal/quant-exporter/docs/runbooks',
      )
      .replaceAll('dashboard_url: /d/', 'dashboard_url: https://grafana.example.internal/d/')
      .replaceAll('dashboard_url: "/d/', 'dashboard_url: "https://grafana.example.internal/d/')
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
    expect([...groups].sort(byName)).toEqual(parse(shipped).groups.sort(byName))
  })

  test('every receiver of its routes is there, also where nobody has been named', () => {
    for (const name of ['full-values.yaml', PHASES[3] ?? '']) {
      const config = of(name).find(({ kind }) => kind === 'AlertmanagerConfig')
      const there = config?.spec.receivers.map((receiver) => receiver.name) ?? []
      const sentTo = config === undefined ? [] : receiversOf(config.spec.route)
      expect(sentTo.length).toBeGreaterThan(5)
      expect(sentTo.filter((receiver) => !there.includes(receiver))).toEqual([])
    }
  })

  test('the dashboards are the shipped ones', () => {
    const maps = of('full-values.yaml').filter(({ metadata }) => metadata.labels.grafana_dashboard === '1')
    const files = Object.fromEntries(maps.flatMap(({ data = {} }) => Object.entries(data)))
    const shipped = readdirSync('dashboards/out').map((file) => [file, readFileSync(`dashboards/out/${file}`, 'utf8')])
    expect(
      Object.entries(files)
        .map(([file, text]) => [file, JSON.parse(text)])
        .sort(),
    ).toEqual(shipped.map(([file, text]) => [file, JSON.parse(text ?? '')]).sort())
  })

  test('the Application and the kustomization take values that are there, in the order of the phases', () => {
    const text = readFileSync('argocd/application.yaml', 'utf8')
    const listed = [...text.matchAll(/- (?:\.\.\/\.\.\/)(argocd\/values\/.*)$/gm)].map(([, path]) => path)
    expect(listed).toEqual([...PHASES, OFF])
    const { helmCharts } = parse(readFileSync('argocd/kustomization.yaml', 'utf8'))
    const [{ valuesFile, additionalValuesFiles }] = helmCharts
    expect([valuesFile, ...additionalValuesFiles].map((file) => `argocd/${file}`)).toEqual(PHASES.slice(0, 2))
  })

  withKustomize('what kustomize builds of its folder is what helm renders of the same values (Helm 3)', () => {
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', '--enable-helm', 'argocd'], {
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
    const byName = (objects: readonly KubernetesObject[]) =>
      Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]))
    const rendered = byName(of(PHASES[1] ?? ''))
    expect(Object.keys(rendered)).toContain('Deployment quant-exporter')
    expect(byName(objectsIn(stdout))).toEqual(rendered)
  })

  withKubeconform(
    'every object is one of Kubernetes and its operators, without a field that they do not know',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'quant-chart-'))
      try {
        writeSchemas(folder)
        const conform = (...paths: string[]) =>
          spawnSync('kubeconform', ['-strict', '-summary', `-schema-location=${folder}/${SCHEMA_TEMPLATE}`, ...paths], {
            encoding: 'utf8',
          })
        const files = Object.entries(CASES).map(([name, values]) => {
          const file = join(folder, `rendered-${name.replaceAll('/', '-')}`)
          writeFileSync(file, helm('template', values).out)
          return file
        })
        const { status, stdout, stderr } = conform(...files, 'argocd/application.yaml', 'argocd/applicationset.yaml')
        expect([status, stderr, stdout]).toEqual([0, '', expect.stringContaining('Invalid: 0, Errors: 0, Skipped: 0')])
        const mistaken = join(folder, 'mistaken.yaml')
        const [first = ''] = files
        writeFileSync(mistaken, readFileSync(first, 'utf8').replace('enableServiceLinks:', 'enableServiceLink:'))
        expect(conform(mistaken)).toMatchObject({ status: 1, stdout: expect.stringContaining('enableServiceLink') })
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
    300_000,
  )
})
