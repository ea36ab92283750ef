import type { Express, RequestHandler, Router } from 'express'
import { nearNames } from '../lib/near-names.js'
import type { ApiOptions } from './api-options.js'
import { createApiRouter } from './api-router.js'
import { allowOrigins } from './cross-origin.js'
import type { NearNames } from './find-book.js'
import { createHttpApp, type HttpLog } from './http-app.js'
import { createLandingPage, type LandingPageOptions } from './landing/landing-page.js'
import { createLiveRouter } from './live/live-router.js'
import { createDocsRouter } from './openapi/routes.js'
import { createProbeRouter } from './probe-router.js'
import type { RequestLimits } from './request-limits.js'

/** The base path of the API that this exporter takes over; clients have it wired in. */
export const API_BASE_PATH = '/api/torghut/trading/control-plane/quant'
const API_ENABLED_VARIABLE = 'QUANT_API_ENABLED'

export interface SnapshotApiOptions extends Omit<ApiOptions, 'nearNames' | 'basePath' | 'apiEnabledVariable'> {
  readonly nearNames?: NearNames
  readonly basePath?: string
  readonly apiEnabledVariable?: string
  /** Where /metrics is when it has a listener of its own. */
  readonly metricsUrl?: string
  readonly log: HttpLog
  /** Served by the same listener, before the answer that there is no such path. */
  readonly otherRouters?: readonly RequestHandler[]
  readonly newRequestId?: () => string
  readonly limits?: RequestLimits
  /** Whose pages may read the API from a browser. */
  readonly origins?: readonly string[]
  readonly trustedProxies?: number
}

/** All that is served beside /metrics: the API under its base path, probes and pages at the root. */
export function apiRouters(api: LandingPageOptions & ApiOptions): readonly Router[] {
  return [
    createApiRouter(api),
    createProbeRouter(api),
    createLandingPage(api),
    createLiveRouter(api),
    createDocsRouter(api),
  ]
}

/** Everything on one listener. Where it is to be on several, compose `createHttpApp` instead. */
export function createSnapshotApi(options: SnapshotApiOptions): Express {
  const api: LandingPageOptions & ApiOptions = {
    ...options,
    nearNames: options.nearNames ?? nearNames,
    basePath: options.basePath ?? API_BASE_PATH,
    apiEnabledVariable: options.apiEnabledVariable ?? API_ENABLED_VARIABLE,
  }
  return createHttpApp({
    routers: [...apiRouters(api), ...(options.otherRouters ?? [])],
    log: options.log,
    limits: options.limits,
    crossOrigin: allowOrigins(api.basePath, options.origins ?? []),
    trustedProxies: options.trustedProxies ?? 0,
    ...(options.newRequestId === undefined ? {} : { newRequestId: options.newRequestId }),
  })
}
