import { createHash } from 'node:crypto'
import type { BookKey } from '../domain/book.js'
import type { EpochMs } from '../domain/time.js'

/** Of this project's alerts; drawn once. */
const NAMESPACE = Buffer.from('5b0f6a1d8c0e4f0f9d0a3c6f3f6f7a52', 'hex')

/**
 * The id of an episode: a UUID of version 5 made of policy, strategy, account and the tick that opened it, so that any two
 * processes that judge the same facts agree. Source: RFC 9562, section 5.5.
 */
export function alertId(policy: string, { strategyId, account }: BookKey, openedAt: EpochMs): string {
  const name = JSON.stringify([policy, strategyId, account, openedAt])
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
