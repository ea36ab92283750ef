import { createHash } from 'node:crypto'
import type { Response } from 'express'
import { STYLE } from './style.js'

/** Only our own style runs: markup that slipped in could neither load nor send anything. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** What every page of ours tells browsers; one that needs more than its style has a policy of its own. */
export function pageHeaders(response: Response, policy: string = CONTENT_SECURITY_POLICY): void {
  response.setHeader('Content-Security-Policy', policy)
  response.setHeader('Referrer-Policy', 'no-referrer')
}
