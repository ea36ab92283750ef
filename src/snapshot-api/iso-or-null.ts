import { type EpochMs, toIso } from '../domain/time.js'

/** An instant as it leaves the program; null where there is none, beside a status that says why. */
export function isoOrNull(at: EpochMs | null | undefined): string | null {
  return at === null || at === undefined ? null : toIso(at)
}
