import { type EpochMs, parseIso } from '../domain/time.js'
import type { Complain } from './parameters.js'
import { shorten } from './problem.js'

const EARLIEST = Date.UTC(2000, 0)
const LATEST = Date.UTC(2200, 0)

/** An instant of a range that is asked for. */
export function parseInstant(text: string, complain: Complain): EpochMs | undefined {
  const at = parseIso(text)
  if (at === undefined)
    return complain(`"${shorten(text)}" is no instant`, ['RFC 3339 with a zone, such as 2026-11-20T14:30:00Z'])
  if (at < EARLIEST || at >= LATEST) return complain('lies outside of what is kept', ['the years 2000 to 2199'])
  return at
}
