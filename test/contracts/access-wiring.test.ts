import { type App, startApp } from '../../src/app/app.js'
import { createSystemClock } from '../../src/app/clock.js'
import { BASE } from '../support/snapshot-api.js'
import { configOf } from '../unit/config/reading.js'

/** The whole process, turned off: what its settings say about access holds on its listeners. */

const TOKEN = 'api-token-0123456789'
const METRICS_TOKEN = 'metrics-token-0123456789'
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

async function started(environment: Record<string, string>): Promise<{ app: App; lines: string[] }> {
  const lines: string[] = []
  const line = (message: string, fields = {}) => void lines.push(JSON.stringify({ message, ...fields }))
  const app = await startApp({
    config: configOf({ QUANT_LISTEN: '127.0.0.1:0', ...environment }),
    clock: createSystemClock(),
    version: '1.2.3',
    log: { debug: line, info: line, warn: line, error: line },
  })
  return { app, lines }
}

const SECURED = { QUANT_API_TOKENS: TOKEN, QUANT_METRICS_TOKEN: METRICS_TOKEN }

describe.each([
  ['one listener', {}],
  ['a listener for metrics', { QUANT_METRICS_LISTEN: 'localhost:0' }],
])('with %s', (_title, listeners) => {
  test('tokens guard the API and /metrics, each its own, and no probe', async () => {
    const { app, lines } = await started({ ...SECURED, ...listeners })
    try {
      const { api, metrics } = app.urls
      const status = async (url: string, init?: RequestInit) => (await fetch(url, init)).status
      expect(await status(`${api}${BASE}/health`)).toBe(401)
      expect(await status(`${api}${BASE}/health`, bearer(METRICS_TOKEN))).toBe(401)
      expect(await status(`${api}${BASE}/health`, bearer(TOKEN))).toBe(200)
      expect(await status(`${api}${BASE}/snapshot`, bearer(TOKEN))).toBe(503)
      expect(await status(`${api}${BASE}/openapi.json`)).toBe(200)
      expect(await status(`${api}/docs`)).toBe(200)
      expect(await status(`${metrics}/metrics`)).toBe(401)
      expect(await status(`${metrics}/metrics`, bearer(TOKEN))).toBe(401)
      expect(await status(`${metrics}/metrics`, bearer(METRICS_TOKEN))).toBe(200)
      for (const url of [api, metrics]) expect(await status(`${url}/healthz`)).toBe(200)
      expect(lines.length).toBeGreaterThan(0)
      for (const secret of [TOKEN, METRICS_TOKEN]) expect(lines.join()).not.toContain(secret)
    } finally {
      await app.stop()
    }
  })
})

test('origins and limits hold too', async () => {
  const { app } = await started({ QUANT_API_ORIGINS: 'https://grafana.example', QUANT_API_REQUESTS_PER_SECOND: '1' })
  try {
    const url = `${app.urls.api}${BASE}/health`
    const first = await fetch(url, { headers: { Origin: 'https://grafana.example' } })
    expect(first.headers.get('access-control-allow-origin')).toBe('https://grafana.example')
    const burst = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(url)).status))
    expect(burst).toContain(429)
    const metrics = await (await fetch(`${app.urls.metrics}/metrics`)).text()
    const limited = burst.filter((status) => status === 429).length
    expect(metrics).toMatch(new RegExp(`^quant_api_requests_limited_total\\{shard="0"\\} ${limited}$`, 'm'))
  } finally {
    await app.stop()
  }
})
