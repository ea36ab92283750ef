// Prometheus with the rules that are shipped, Alertmanager with the route that is shipped, and somebody who is told.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from './processes.mjs'

const shipped = (path) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

/** `target` is host:port of the exporter; `ports` are those of Prometheus and Alertmanager. */
export async function startAlerting({ processes, folder, target, ports: [prometheusPort, alertmanagerPort] }) {
  const notices = []
  const receiver = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      notices.push({ ...JSON.parse(body), receivedMs: performance.now() })
      response.end()
    })
  })
  await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const write = (name, text) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const route = shipped('alertmanager/examples/webhook.yaml').replaceAll(
    '127.0.0.1:9095',
    `127.0.0.1:${receiver.address().port}`,
  )
  const rules = write('rules.yaml', shipped('prometheus-rules/out/quant-exporter.rules.yaml'))
  const configuration = {
    global: { scrape_interval: '5s', evaluation_interval: '5s' },
    rule_files: [rules],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
    scrape_configs: [{ job_name: 'quant', static_configs: [{ targets: [target] }] }],
  }
  mkdirSync(join(folder, 'alertmanager'))
  const alertmanager = processes.start('alertmanager', 'prometheus-alertmanager', [
    `--config.file=${write('alertmanager.yaml', route)}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
    '--cluster.listen-address=',
  ])
  const prometheus = processes.start('prometheus', 'prometheus', [
    `--config.file=${write('prometheus.yaml', JSON.stringify(configuration))}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
  ])
  for (const [name, port] of [
    ['Alertmanager', alertmanagerPort],
    ['Prometheus', prometheusPort],
  ])
    await until(() => isReady(port), { withinMs: 60_000, describe: () => `${name} is ready` })
  return {
    notices,
    /** Names of the alerts that Alertmanager holds now. */
    async held() {
      const alerts = await (await fetch(`http://127.0.0.1:${alertmanagerPort}/api/v2/alerts`)).json()
      return alerts.map(({ labels }) => labels)
    },
    async stop() {
      await Promise.all([prometheus.stop('SIGKILL'), alertmanager.stop('SIGKILL')])
      receiver.closeAllConnections()
      await new Promise((resolve) => receiver.close(resolve))
    },
  }
}

function isReady(port) {
  return fetch(`http://127.0.0.1:${port}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
}
