import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.js'

/** A notice as Alertmanager sends it to a webhook. */
export interface Notice {
  readonly receiver: string
  readonly status: 'firing' | 'resolved'
  readonly groupKey: string
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[]
}

/** Prometheus and Alertmanager over one page of metrics and one webhook, with short times. */
export interface Alerting {
  /** All notices so far, by the order in which they came. */
  readonly notices: readonly Notice[]
  /** The names of the alerts that Alertmanager holds. */
  held(): Promise<string[]>
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

export async function startAlerting(metrics: () => string): Promise<Alerting> {
  const folder = mkdtempSync(join(tmpdir(), 'quant-alerting-'))
  const notices: Notice[] = []
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
      response.end(metrics())
      return
    }
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      notices.push(JSON.parse(body))
      response.end()
    })
  })
  const ours = await listen(server)
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()]
  const alertmanagerUrl = `http://127.0.0.1:${alertmanagerPort}`
  writeFileSync(join(folder, 'rules.yaml'), shortened('prometheus-rules/out/quant-exporter.rules.yaml'))
  writeFileSync(
    join(folder, 'alertmanager.yaml'),
    shortened('alertmanager/examples/webhook.yaml').replaceAll('127.0.0.1:9095', `127.0.0.1:${ours}`),
  )
  writeFileSync(
    join(folder, 'prometheus.yaml'),
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yaml')],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
      scrape_configs: [{ job_name: 'quant', static_configs: [{ targets: [`127.0.0.1:${ours}`] }] }],
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
    '--rules.alert.resend-delay=1s',
  ])
  await until(() => isReady(`http://127.0.0.1:${prometheusPort}`), 20_000)
  return {
    notices,
    async held() {
      const alerts: { labels: { alertname: string } }[] = await (await fetch(`${alertmanagerUrl}/api/v2/alerts`)).json()
      return alerts.map(({ labels }) => labels.alertname)
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

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
