import type { Express } from 'express'
import { Router } from 'express'
import request from 'supertest'
import { z } from 'zod'
import { PROBLEM_KINDS } from '../../src/snapshot-api/problem.js'
import { frameReader } from '../support/frames.js'
import { objectsIn, openApiSchema, resolve } from '../support/openapi.js'
import { BASE, get, testApi } from '../support/snapshot-api.js'

async function fetched(...given: Parameters<typeof testApi>) {
  const response = await request(testApi(...given).app)
    .get(`${BASE}/openapi.json`)
    .expect(200)
  return openApiSchema.parse(response.body)
}

interface Layer {
  readonly route?: { readonly path: string }
  readonly handle: { readonly stack?: readonly Layer[] }
}

/** Every path that an application has a route for. */
function routedPaths(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ route, handle }) => (route === undefined ? routedPaths(handle.stack ?? []) : [route.path]))
}

const pathsOf = (app: Express) => routedPaths((app as unknown as { router: { stack: Layer[] } }).router.stack)

describe('/openapi.json', () => {
  test('is OpenAPI 3.1 and nothing else', async () => {
    const document = await fetched()
    const ids = Object.values(document.paths).map(({ get: { operationId } }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('refers to what is there, and holds nothing that is not referred to', async () => {
    const document = await fetched()
    const references = objectsIn(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []))
    expect(references.filter((reference) => resolve(document, reference) === undefined)).toEqual([])
    const { schemas, headers } = document.components
    for (const name of Object.keys(schemas)) expect(references).toContain(`#/components/schemas/${name}`)
    for (const name of Object.keys(headers)) expect(references).toContain(`#/components/headers/${name}`)
    for (const { security } of Object.values(document.paths).map(({ get }) => get))
      for (const scheme of security.flatMap(Object.keys))
        expect(document.components.securitySchemes).toHaveProperty(scheme)
  })

  test('has instants as a format, not as a pattern', async () => {
    const instants = objectsIn(await fetched()).filter(({ format }) => format === 'date-time')
    expect(instants.length).toBeGreaterThan(10)
    for (const instant of instants) expect(instant).not.toHaveProperty('pattern')
  })

  test('has every route, and every route that it has is there', async () => {
    const metrics = Router()
    metrics.get('/metrics', (_request, response) => void response.end())
    const { app } = testApi(frameReader(), { otherRouters: [metrics] })
    expect(pathsOf(app).sort()).toEqual(Object.keys((await fetched()).paths).sort())
  })

  test('has the parameters that its paths take, and no other', async () => {
    for (const [path, operation] of Object.entries((await fetched()).paths)) {
      if (!path.startsWith(BASE)) continue
      const response = await request(testApi().app).get(`${path}?nonsense=1`).expect(400)
      const { errors } = JSON.parse(response.text) as { errors: { parameter: string; allowed?: string[] }[] }
      const allowed = errors.find(({ parameter }) => parameter === 'nonsense')?.allowed
      const documented = operation.get.parameters
        .filter((parameter) => parameter.in === 'query')
        .map(({ name }) => name)
      expect([path, allowed]).toEqual([path, documented])
      const missing = errors.map(({ parameter }) => parameter).filter((name) => name !== 'nonsense')
      const required = operation.get.parameters.filter((parameter) => parameter.required).map(({ name }) => name)
      expect([path, missing]).toEqual([path, required])
    }
  })

  test('knows every kind of problem that a route can answer with', async () => {
    const text = JSON.stringify((await fetched()).paths)
    // Of the switches for incidents, which have a listener of their own, or of no route at all.
    const elsewhere = ['unknown-path', 'body-too-large', 'unsupported-media-type']
    for (const kind of Object.keys(PROBLEM_KINDS))
      expect([kind, text.includes(`(${kind})`)]).toEqual([kind, !elsewhere.includes(kind)])
  })

  test('describes what is answered: its schemas, taken by themselves, accept the bodies', async () => {
    const document = await fetched()
    const { app } = testApi()
    for (const path of [
      '/strategies',
      '/snapshot?strategy_id=momentum-1',
      '/health',
      '/alerts',
      '/snapshot',
      '/series',
    ].map((below) => BASE + below)) {
      const response = await request(app).get(path)
      const responses = document.paths[path.split('?')[0] ?? '']?.get.responses
      const type = String(response.headers['content-type']).split(';')[0] ?? ''
      const documented = responses?.[response.status]?.content?.[type]?.schema
      const schema = z.fromJSONSchema(standalone(documented, document.components.schemas))
      expect(schema.safeParse(JSON.parse(response.text)).error).toBeUndefined()
      expect(schema.safeParse({}).success).toBe(false)
    }
  })

  test('answers whatever the state, without a token, and takes no parameters', async () => {
    for (const state of ['disabled', 'warming_up', 'stopping'] as const)
      expect(await fetched(frameReader({ state }))).toEqual(await fetched())
    await fetched(frameReader(), { apiEnabled: false })
    await fetched(frameReader(), { tokens: ['only-token-0123456789'], isLoopback: false })
    await get('/openapi.json?x=1').expect(400)
  })
})

/** A schema of the document with all others where JSON Schema by itself looks for them. */
function standalone(schema: object | undefined, schemas: object): Parameters<typeof z.fromJSONSchema>[0] {
  return JSON.parse(JSON.stringify({ ...schema, $defs: schemas }).replaceAll('#/components/schemas/', '#/$defs/'))
}

describe('/docs', () => {
  test('shows every path, parameter, status and schema, without a script or a foreign host', async () => {
    const { text: page, headers } = await request(testApi().app).get('/docs').expect(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(page).not.toMatch(/<script|https?:\/\//)
    const document = await fetched()
    for (const [path, { get: operation }] of Object.entries(document.paths)) {
      expect(page).toContain(`<code>GET ${path}</code>`)
      for (const { name } of operation.parameters) expect(page).toContain(`<code>${name}</code>`)
      for (const status of Object.keys(operation.responses)) expect(page).toContain(`<td>${status}</td>`)
    }
    for (const name of Object.keys(document.components.schemas)) expect(page).toContain(`id="${name}"`)
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id)
    for (const id of links) expect(page).toContain(`id="${id}"`)
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(page).toContain(`href="${BASE.slice(1)}/openapi.json"`)
  })

  test('is refused for a foreign host on loopback, as the landing page is', async () => {
    await request(testApi().app).get('/docs').set('Host', 'evil.example').expect(403)
  })
})
