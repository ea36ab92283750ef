import { type RequestHandler, Router } from 'express'
import type { ApiOptions } from './api-options.js'
import { requireEnabled } from './availability.js'
import { acceptsEvents, acceptsJson, acceptsJsonOrCsv, loopbackHostOnly, readOnly } from './request-rules.js'
import { healthRoute } from './routes/health.js'
import { seriesRoute } from './routes/series.js'
import { snapshotRoute } from './routes/snapshot.js'
import { strategiesRoute } from './routes/strategies.js'
import { streamRoute } from './routes/stream.js'

/** The read-only JSON API under its base path. Needs the surroundings of `createHttpApp`, which writes its problems. */
export function createApiRouter(options: ApiOptions): Router {
  const { basePath, isLoopback, reader } = options
  const router = Router({ caseSensitive: true, strict: true })
  const always = [loopbackHostOnly(isLoopback), readOnly]
  const routes: Record<string, readonly RequestHandler[]> = {
    '/strategies': [requireEnabled(reader, options), acceptsJson, strategiesRoute(options)],
    '/snapshot': [requireEnabled(reader, options), acceptsJson, snapshotRoute(options)],
    '/series': [requireEnabled(reader, options), acceptsJsonOrCsv, seriesRoute(options)],
    '/stream': [requireEnabled(reader, options), acceptsEvents, streamRoute(options)],
    '/health': [acceptsJson, healthRoute(options)],
  }
  for (const [path, handlers] of Object.entries(routes)) router.all(`${basePath}${path}`, ...always, ...handlers)
  return router
}
