import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const SCRIPT = readFileSync('charts/quant-exporter/files/smoke-test.mjs', 'utf8')

interface Exporter {
  readonly enabled: 0 | 1
  readonly api: number
  readonly metrics?: number
}

/** Runs the chart's smoke test, as its Job does, against such an exporter; it is not ready at the first time of asking. */
async function smokeTest({ enabled, api, metrics = 200 }: Exporter, expected: { enabled: boolean; api: boolean }) {
  let probes = 0
  const server = createServer(({ url }, response) => {
    if (url === '/readyz') {
      probes += 1
      response.writeHead(probes > 1 ? 200 : 503).end()
    } else if (url === '/metrics')
      response
        .writeHead(metrics)
        .end(`quant_exporter_build_info{version="1"} 1\nquant_exporter_enabled{shard="0"} ${enabled}\n`)
    else response.writeHead(api).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    env: {
      PATH: process.env.PATH,
      ...{ METRICS_URL: url, API_URL: url },
      ...{ EXPECT_ENABLED: String(expected.enabled), EXPECT_API: String(expected.api) },
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  const [code] = await once(child, 'close')
  server.close()
  return { code, said, probes }
}

test('waits until it is ready, and passes what is as it was asked for', async () => {
  const { code, said, probes } = await smokeTest({ enabled: 1, api: 401 }, { enabled: true, api: true })
  expect([code, said]).toEqual([0, expect.stringContaining('ok: the API is on')])
  expect(probes).toBe(2)
})

test('passes one that is switched off, and one whose metrics ask for a token', async () => {
  expect(await smokeTest({ enabled: 0, api: 503 }, { enabled: false, api: true })).toMatchObject({ code: 0 })
  expect(await smokeTest({ enabled: 1, api: 200, metrics: 401 }, { enabled: true, api: true })).toMatchObject({
    code: 0,
  })
})

test('fails where the main switch is another than was asked for, and where the API is', async () => {
  const off = await smokeTest({ enabled: 0, api: 503 }, { enabled: true, api: true })
  expect([off.code, off.said]).toEqual([1, expect.stringContaining('the main switch is on, but')])
  const open = await smokeTest({ enabled: 1, api: 200 }, { enabled: true, api: false })
  expect([open.code, open.said]).toEqual([1, expect.stringContaining('the API is off, but: 200')])
})
