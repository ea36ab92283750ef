import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { readConfig } from '../../../src/config/config.js'

interface Service {
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly command?: readonly string[]
}

const compose = parse(readFileSync('compose.yaml', 'utf8'), { merge: true })
const services: Readonly<Record<string, Service>> = compose.services
const mountsOf = (name: string) =>
  (services[name]?.volumes ?? []).map((volume) => volume.split(':').slice(0, 2) as [string, string])

test('every file that compose.yaml mounts is there', () => {
  const sources = Object.keys(services).flatMap((name) => mountsOf(name).map(([source]) => source))
  expect(sources.length).toBeGreaterThan(5)
  expect(sources.filter((source) => !existsSync(source))).toEqual([])
})

test('nothing that compose.yaml starts can be reached from another machine', () => {
  const ports = Object.values(services).flatMap(({ ports: published = [] }) => published)
  expect(ports.length).toBeGreaterThan(3)
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
})

test('its exporter accepts what it is configured with, and reads what the simulator writes', () => {
  const { environment = {} } = services.exporter ?? {}
  const readFile = (path: string): string => {
    throw new Error(`${path} is read`)
  }
  const config = readConfig({ environment, readFile, isTerminal: false })
  expect(config.torghut).toMatchObject({ host: 'postgres', database: 'torghut' })
  expect(services.simulator?.command).toContain(`--dsn=${environment.TORGHUT_DB_DSN}`)
  expect(services.simulator?.command).toContain(`--clickhouse=http://${environment.CH_HOST}:8123`)
})

test('Prometheus reads the rules where they are mounted, and scrapes the port of the metrics', () => {
  const prometheus = parse(readFileSync('deploy/compose/prometheus.yaml', 'utf8'))
  expect(mountsOf('prometheus').map(([, target]) => target)).toEqual(expect.arrayContaining(prometheus.rule_files))
  const [{ static_configs: configs }] = prometheus.scrape_configs
  const port = services.exporter?.environment?.QUANT_METRICS_LISTEN?.split(':')[1]
  expect(configs[0].targets).toEqual([`exporter:${port}`])
})

test('Grafana finds the dashboards where its provider looks for them', () => {
  const { providers } = parse(readFileSync('dashboards/provisioning/quant-exporter.yaml', 'utf8'))
  expect(mountsOf('grafana')).toContainEqual(['./dashboards/out', providers[0].options.path])
})
