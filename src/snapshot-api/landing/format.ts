import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.js'

/**
 * An amount as people write it: $1,234.50, with a sign where a gain is told from a loss.
 *
 * Not through Intl, which took most of the time of a page with hundreds of books.
 */
export function formatUsd(value: number, decimals: number, { signed }: { signed: boolean }): string {
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const sign = value < 0 ? '-' : signed && value > 0 ? '+' : ''
  return `${sign}$${grouped}${fraction === undefined ? '' : `.${fraction}`}`
}

/** How long ago, in the unit that a person would use. */
export function formatAge(at: EpochMs, now: EpochMs): string {
  const ageMs = Math.max(0, now - at)
  if (ageMs < MINUTE_MS) return `${(ageMs / SECOND_MS).toFixed(1)} s ago`
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`
  if (ageMs < DAY_MS) return `${Math.floor(ageMs / HOUR_MS)} h ago`
  return `${Math.floor(ageMs / DAY_MS)} d ago`
}
