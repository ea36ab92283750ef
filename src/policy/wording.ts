import type { BookDescription } from '../domain/book.js'
import { roundForOutput } from '../domain/exact.js'
import type { Policy } from './catalogue.js'

/** A value in the policy's unit as people write it: `6.2 %`, `50 bps`, `15 s`, `$250,000`. */
export function amountText({ unit, key }: Policy, value: number): string {
  switch (unit) {
    case 'USD':
      return `$${value.toLocaleString('en-US', { maximumFractionDigits: 2 })}`
    case 'seconds':
      return `${value} s`
    case 'bps':
      return `${value} bps`
    default:
      return PLAIN_RATIOS.has(key) ? String(value) : `${roundForOutput(value * 100, 4)} %`
  }
}

/** Ratios that nobody says in percent. */
const PLAIN_RATIOS: ReadonlySet<string> = new Set(['min_sharpe_5d', 'max_leverage'])

/** What an episode says in a sentence. */
export function episodeSummary(
  policy: Policy,
  { strategyName, account }: BookDescription,
  observed: number | null,
  limit: number,
): string {
  const side = policy.breaches === 'above' ? 'over' : 'under'
  const value = observed === null ? 'has no value now' : `is ${amountText(policy, observed)}`
  return `${policy.subject} of ${strategyName} in ${account} ${value}; it went ${side} its limit of ${amountText(policy, limit)}.`
}
