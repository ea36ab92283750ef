import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from './free-port.js'
import { until } from './until.js'

/** A real Prometheus that scrapes exporters every second. */
export interface Prometheus {
  readonly url: string
  /** The values of a query at this moment; throws what Prometheus says of one that it refuses. */
  ask(query: string): Promise<readonly string[]>
  log(): string
  stop(): Promise<void>
}

export async function startPrometheus(
  targets: string | readonly string[],
  ruleFiles: readonly string[] = [],
): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'quant-prometheus-'))
  const [configuration, log] = [join(folder, 'prometheus.json'), join(folder, 'log')]
  writeFileSync(
    configuration,
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ruleFiles.map((file) => resolve(file)),
      scrape_configs: [{ job_name: 'quant', static_configs: [{ targets: [targets].flat() }] }],
    }),
  )
  const address = `127.0.0.1:${await freePort()}`
  const url = `http://${address}`
  const child = spawn('sh', [
    '-c',
    `exec prometheus --config.file=${configuration} --storage.tsdb.path=${folder}/data --web.listen-address=${address} > ${log} 2>&1`,
  ])
  const ask = async (query: string) => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`)
    const answer = (await response.json()) as {
      error?: string
      data?: { result: { value: [number, string] }[] }
    }
    if (answer.data === undefined) throw new Error(`Prometheus refuses ${query}: ${answer.error}`)
    return answer.data.result.map(({ value }) => value[1])
  }
  await until(
    () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    20_000,
  )
  await until(async () => {
    const up = await ask('up{job="quant"}')
    return up.length === [targets].flat().length && up.every((value) => value === '1')
  }, 20_000)
  return {
    ...{ url, ask },
    log: () => readFileSync(log, 'utf8'),
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
