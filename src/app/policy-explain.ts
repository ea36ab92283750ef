import type { BookKey } from '../domain/book.js'
import { POLICIES, POLICY_KEYS, type PolicyKey } from '../policy/catalogue.js'
import { effectiveLimit, type LimitSource, type PolicySettings } from '../policy/limits.js'

/** The limit of one policy in one book, and what it comes from. */
export interface ExplainedLimit {
  readonly policy: PolicyKey
  readonly alert: string
  readonly unit: string
  /** Undefined: off. */
  readonly limit: number | undefined
  /** A place in QUANT_CONFIG, a variable, or `default`. */
  readonly from: string
  /** The limit where all orders of the account came from a simulation. */
  readonly simulatedLimit: number | undefined
}

/** The limits in force for a book; for one that nothing is said of where strategy or account are left out. */
export function explainLimits(settings: PolicySettings, { strategyId, account }: Partial<BookKey>): ExplainedLimit[] {
  // No strategy and no account has an empty name.
  const book = { strategyId: strategyId ?? '', account: account ?? '' }
  return POLICY_KEYS.map((key) => {
    const { alert, unit } = POLICIES[key]
    const { limit, source } = effectiveLimit(settings, key, book, false)
    const simulatedLimit = effectiveLimit(settings, key, book, true).limit
    return { policy: key, alert, unit, limit, from: placeOf(source, key, book), simulatedLimit }
  })
}

function placeOf(source: LimitSource, key: PolicyKey, { strategyId, account }: BookKey): string {
  switch (source) {
    case 'strategy_and_account':
      return `strategies.${strategyId}.accounts.${account}.policy.${key}`
    case 'strategy':
      return `strategies.${strategyId}.policy.${key}`
    case 'account':
      return `accounts.${account}.policy.${key}`
    case 'environment':
      return POLICIES[key].variable ?? 'environment'
    case 'file':
      return `policy.${key}`
    case 'code':
    case 'simulation':
      return 'default'
  }
}
