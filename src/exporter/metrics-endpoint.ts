import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express from 'express'
import { Exposition, type ExpositionOptions } from './exposition.js'

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** `GET /metrics`: the exporter's own metrics, then the gauges of the dictionary, compressed when asked. */
export function createMetricsEndpoint(options: ExpositionOptions): express.Router {
  const exposition = new Exposition(options)
  const router = express.Router()
  router.get('/metrics', async (request, response) => {
    const isCompressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    const body = await (isCompressed ? exposition.compressed() : exposition.plain())
    response.setHeader('Content-Type', CONTENT_TYPE)
    response.setHeader('Vary', 'Accept-Encoding')
    response.setHeader(
      'Content-Length',
      body.reduce((total, { length }) => total + length, 0),
    )
    if (isCompressed) response.setHeader('Content-Encoding', 'gzip')
    try {
      await pipeline(Readable.from(body), response)
    } catch (error) {
      if (!isHangUp(error)) throw error
    }
  })
  return router
}

/** Whoever asked does not wait for the rest, as a scrape that has run out of time: no failure of ours. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}
