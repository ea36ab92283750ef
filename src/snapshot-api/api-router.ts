import { type RequestHandler, Router } from 'express'
import type { ApiOptions } from './api-options.js'
import { requireEnabled } from './availability.js'
import { noTokenInQuery, requireToken } from './bearer-tokens.js'
import { allowOrigins } from './cross-origin.js'
import { acceptsJson, acceptsJsonOrCsv, loopbackHostOnly, readOnly } from './request-rules.js'
import { explainRoute } from './routes/explain.js'
import { healthRoute } from './routes/health.js'
import { seriesRoute } from './routes/series.js'
import { snapshotRoute } from './routes/snapshot.js'
import { strategiesRoute } from './routes/strategies.js'

/** The read-only JSON API under its base path. Needs the surroundings of `createHttpApp`, which writes its problems. */
export function createApiRouter(options: ApiOptions): Router {
  const { basePath, isLoopback, reader, tokens = [], origins = [] } = options
  const router = Router({ caseSensitive: true, strict: true })
  const guards = [loopbackHostOnly(isLoopback), allowOrigins(origins), readOnly, noTokenInQuery, requireToken(tokens)]
  const routes: Record<string, readonly RequestHandler[]> = {
    '/strategies': [requireEnabled(reader, options), acceptsJson, strategiesRoute(options)],
    '/snapshot': [requireEnabled(reader, options), acceptsJson, snapshotRoute(options)],
    '/series': [requireEnabled(reader, options), acceptsJsonOrCsv, seriesRoute(options)],
    '/explain': [requireEnabled(reader, options), acceptsJson, explainRoute(options)],
    '/health': [acceptsJson, healthRoute(options)],
  }
  for (const [path, handlers] of Object.entries(routes)) router.all(`${basePath}${path}`, ...guards, ...handlers)
  return router
}
