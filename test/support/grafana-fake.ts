import { createServer, type ServerResponse } from 'node:http'

interface FakeDataSource {
  readonly uid: string
  readonly name: string
  readonly type: string
  readonly health: { readonly status: string; readonly message: string }
}

/**
 * What answers as Grafana's HTTP API does, as far as doctor asks it: no Grafana can be had from the registries that these
 * tests install from. Queries through its data source go to a real Prometheus.
 */
export interface GrafanaFake {
  readonly url: string
  /** Asked for everywhere but at /api/health. */
  readonly token: string
  readonly working: FakeDataSource
  dataSources: readonly FakeDataSource[]
  stop(): Promise<void>
}

export async function startGrafanaFake(prometheusUrl: string): Promise<GrafanaFake> {
  const token = 'glsa_0123456789abcdef_01234567'
  const working = { uid: 'p1', name: 'Prometheus', type: 'prometheus', health: { status: 'OK', message: 'all well' } }
  const fake = { dataSources: [working] as readonly FakeDataSource[] }
  const answer = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (path === '/api/health') return answer(response, 200, { database: 'ok', version: '12.1.0' })
    if (request.headers.authorization !== `Bearer ${token}`) return answer(response, 401, { message: 'Unauthorized' })
    if (path === '/api/datasources')
      return answer(
        response,
        200,
        fake.dataSources.map(({ health, ...rest }) => rest),
      )
    const [, uid, rest = ''] = /^\/api\/datasources\/(?:proxy\/)?uid\/([^/]+)(\/.*)$/.exec(path) ?? []
    const source = fake.dataSources.find((each) => each.uid === uid)
    if (source !== undefined && rest === '/health')
      return answer(response, source.health.status === 'OK' ? 200 : 400, source.health)
    if (source === undefined) return answer(response, 404, { message: 'Not found' })
    fetch(`${prometheusUrl}${rest}`).then(
      async (proxied) => answer(response, proxied.status, await proxied.json()),
      (error: unknown) => answer(response, 502, { message: String(error) }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the fake has no port')
  return {
    ...{ url: `http://127.0.0.1:${address.port}`, token, working },
    get dataSources() {
      return fake.dataSources
    },
    set dataSources(dataSources) {
      fake.dataSources = dataSources
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
