import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { hasProgram } from './programs.js'
import { until } from './until.js'

/** Whether both programs are installed; each is looked for, so that each that is missing is named. */
export const canAlert = [
  hasProgram('prometheus', 'prometheus'),
  hasProgram('prometheus-alertmanager', 'prometheus-alertmanager'),
].every(Boolean)

/** A notice as Alertmanager sends it to a webhook. */
export interface Notice {
  readonly receiver: string
  readonly status: 'firing' | 'resolved'
  readonly groupKey: string
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[]
  /** When it came, of the wall clock. */
  readonly receivedAt: number
}

/** Prometheus and Alertmanager over one exporter and one webhook. */
export interface Alerting {
  readonly urls: { readonly prometheus: string; readonly alertmanager: string }
  /** All notices so far, by the order in which they came. */
  readonly notices: readonly Notice[]
  /** The names of the alerts that Alertmanager holds. */
  held(): Promise<string[]>
  /** What Prometheus answers to a query: each sample's labels. */
  ask(query: string): Promise<readonly Readonly<Record<string, string>>[]>
  /** Ends Alertmanager without a word and starts it on the same storage. */
  restartAlertmanager(): Promise<void>
  stop(): Promise<void>
}

/** As they are shipped, save for times: seconds instead of minutes, in the same order of size. */
const SHORTER: readonly (readonly [RegExp, string])[] = [
  [/interval: 5s/g, 'interval: 1s'],
  [/keep_firing_for: 2m/g, 'keep_firing_for: 5s'],
  [/\bfor: 30s/g, 'for: 2s'],
  [/\bfor: 5m/g, 'for: 12s'],
  [/group_wait: 10s/g, 'group_wait: 1s'],
  [/group_interval: 1m/g, 'group_interval: 3s'],
]

function shortened(path: string): string {
  return SHORTER.reduce((text, [from, to]) => text.replace(from, to), readFileSync(path, 'utf8'))
}

function shipped(path: string): string {
  return readFileSync(path, 'utf8')
}

export interface AlertingOptions {
  /** Scraped and evaluated every five seconds, by the rules and the route with the times that they are shipped with. */
  readonly hasShippedTimes?: boolean
}

/** @param exporter what is scraped: a function that makes the page of metrics, or the host and port of an exporter */
export async function startAlerting(
  exporter: (() => string) | string,
  { hasShippedTimes = false }: AlertingOptions = {},
): Promise<Alerting> {
  const [fileOf, every] = hasShippedTimes ? [shipped, '5s'] : [shortened, '1s']
  // A process on a busy machine may need longer for an answer: a scrape that fails takes all series away.
  const scrapeEvery = typeof exporter === 'string' && !hasShippedTimes ? '2s' : every
  const folder = mkdtempSync(join(tmpdir(), 'quant-alerting-'))
  const notices: Notice[] = []
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
      response.end(typeof exporter === 'string' ? '' : exporter())
      return
    }
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      notices.push({ ...JSON.parse(body), receivedAt: Date.now() })
      response.end()
    })
  })
  const ours = await listen(server)
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()]
  const target = typeof exporter === 'string' ? exporter : `127.0.0.1:${ours}`
  const [prometheusUrl, alertmanagerUrl] = [
    `http://127.0.0.1:${prometheusPort}`,
    `http://127.0.0.1:${alertmanagerPort}`,
  ]
  writeFileSync(join(folder, 'rules.yaml'), fileOf('prometheus-rules/out/quant-exporter.rules.yaml'))
  writeFileSync(
    join(folder, 'alertmanager.yaml'),
    fileOf('alertmanager/examples/webhook.yaml').replaceAll('127.0.0.1:9095', `127.0.0.1:${ours}`),
  )
  writeFileSync(
    join(folder, 'prometheus.yaml'),
    JSON.stringify({
      global: { scrape_interval: scrapeEvery, evaluation_interval: every },
      rule_files: [join(folder, 'rules.yaml')],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
      scrape_configs: [{ job_name: 'quant', static_configs: [{ targets: [target] }] }],
    }),
  )
  mkdirSync(join(folder, 'alertmanager'))
  const running = new Set<ChildProcess>()
  const start = (program: string, words: readonly string[]) => {
    const child = spawn(program, words, { stdio: 'ignore' })
    running.add(child)
    return child
  }
  const end = async (child: ChildProcess) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
    running.delete(child)
  }
  const startAlertmanager = async () => {
    const child = start('prometheus-alertmanager', [
      `--config.file=${join(folder, 'alertmanager.yaml')}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address=',
    ])
    await until(() => isReady(alertmanagerUrl), 20_000)
    return child
  }
  let alertmanager = await startAlertmanager()
  start('prometheus', [
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
    // An alert that is not sent again for four times as long is over to Alertmanager: a busy machine needs its time.
    '--rules.alert.resend-delay=5s',
  ])
  await until(() => isReady(prometheusUrl), 20_000)
  return {
    urls: { prometheus: prometheusUrl, alertmanager: alertmanagerUrl },
    notices,
    async held() {
      const response = await fetch(`${alertmanagerUrl}/api/v2/alerts`)
      const alerts = (await response.json()) as readonly Notice['alerts'][number][]
      return alerts.map(({ labels }) => labels.alertname ?? '')
    },
    async ask(query) {
      const response = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`)
      const answer = (await response.json()) as {
        readonly error?: string
        readonly data?: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] }
      }
      if (answer.data === undefined) throw new Error(`Prometheus refuses ${query}: ${answer.error}`)
      return answer.data.result.map(({ metric }) => metric)
    },
    async restartAlertmanager() {
      await end(alertmanager)
      alertmanager = await startAlertmanager()
    },
    async stop() {
      await Promise.all([...running].map(end))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    ({ status }) => status === 200,
    () => false,
  )
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}
