import { type RequestHandler, Router } from 'express'
import type { ApiOptions } from './api-options.js'
import { requireEnabled } from './availability.js'
import { noTokenInQuery, requireToken } from './bearer-tokens.js'
import type { ApiPath } from './openapi/operations.js'
import { openApiRoute } from './openapi/routes.js'
import { acceptsEvents, acceptsJson, acceptsJsonOrCsv, loopbackHostOnly, readOnly } from './request-rules.js'
import { alertsRoute } from './routes/alerts.js'
import { explainRoute } from './routes/explain.js'
import { gateRoute, gateWithoutOwner } from './routes/gate.js'
import { healthRoute } from './routes/health.js'
import { seriesRoute } from './routes/series.js'
import { snapshotRoute } from './routes/snapshot.js'
import { strategiesRoute } from './routes/strategies.js'
import { comeAgain, streamRoute } from './routes/stream.js'
import { askOwner } from './shards/ask-owner.js'

/** The read-only JSON API under its base path. Needs the surroundings of `createHttpApp`, which writes its problems. */
export function createApiRouter(options: ApiOptions): Router {
  const { basePath, isLoopback, reader, tokens = [] } = options
  const router = Router({ caseSensitive: true, strict: true })
  const always = [loopbackHostOnly(isLoopback), readOnly, noTokenInQuery]
  const guard = requireToken(tokens)
  const noVerdict = gateWithoutOwner(options)
  const routes: Record<ApiPath, readonly RequestHandler[]> = {
    '/strategies': [guard, requireEnabled(reader, options), acceptsJson, strategiesRoute(options)],
    '/snapshot': [guard, requireEnabled(reader, options), acceptsJsonOrCsv, askOwner(options), snapshotRoute(options)],
    '/series': [guard, requireEnabled(reader, options), acceptsJsonOrCsv, seriesRoute(options)],
    '/stream': [
      guard,
      requireEnabled(reader, options),
      acceptsEvents,
      askOwner(options, { away: comeAgain }),
      streamRoute(options),
    ],
    '/explain': [guard, requireEnabled(reader, options), acceptsJson, askOwner(options), explainRoute(options)],
    '/alerts': [guard, requireEnabled(reader, options), acceptsJson, alertsRoute(options)],
    '/gate': [guard, acceptsJson, askOwner(options, { away: noVerdict, misdirected: noVerdict }), gateRoute(options)],
    '/health': [guard, acceptsJson, healthRoute(options)],
    '/openapi.json': [acceptsJson, openApiRoute(options)],
  }
  for (const [path, handlers] of Object.entries(routes)) router.all(`${basePath}${path}`, ...always, ...handlers)
  return router
}
