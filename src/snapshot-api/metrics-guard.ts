import { Router } from 'express'
import { requireToken } from './bearer-tokens.js'
import { readOnly } from './request-rules.js'

/** Stands before the endpoint of /metrics, whoever serves it: read-only, and for those with the token where there is one. */
export function createMetricsGuard(token: string | undefined): Router {
  const router = Router()
  router.use('/metrics', readOnly, requireToken(token === undefined ? [] : [token]))
  return router
}
