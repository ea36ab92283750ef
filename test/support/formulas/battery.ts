import { toFeeRules } from '../../../src/config/cost-schedule.js'
import type { Fact } from '../../../src/domain/facts.js'
import { DEFAULT_RETURN_RULES } from '../../../src/domain/return-rules.js'
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.js'
import type { EngineParts } from '../engine.js'
import { COINS_AT, COINS_OF_TWO_BOOKS } from './coins-of-two-books.js'
import { EDGES_AT, EDGES_OF_FORMULAS } from './edges-of-formulas.js'
import { MONTH_AT, MONTH_OF_ONE_BOOK } from './month-of-one-book.js'
import { MISSING_AT, WHAT_IS_MISSING } from './what-is-missing.js'

/** A history and an instant: what every metric makes of it belongs to the formula's version. */
export interface FormulaCase {
  readonly name: string
  readonly facts: readonly Fact[]
  /** A whole multiple of 30 s, so that all tiers are of it. */
  readonly at: EpochMs
  /** How long after that instant the frame is read; ages are taken then. */
  readonly readAfterMs?: number
  readonly settings?: EngineParts['settings']
}

const COMMISSION = toFeeRules([{ name: 'commission', per_order: '1', per_share: '0.01' }])

/**
 * Fixed for good: with a history changed, nobody could tell whether it was the formula. What should be looked at besides is
 * another case, with a name of its own.
 */
export const FORMULA_CASES: readonly FormulaCase[] = [
  { name: 'a month of one book', facts: MONTH_OF_ONE_BOOK, at: MONTH_AT },
  {
    name: 'a month of one book, four per cent free of risk',
    facts: MONTH_OF_ONE_BOOK,
    at: MONTH_AT,
    settings: { returnRules: { ...DEFAULT_RETURN_RULES, riskFreeAnnual: 0.04, marPerPeriod: 0.0001 } },
  },
  {
    name: 'the night after a month of one book',
    facts: MONTH_OF_ONE_BOOK,
    at: MONTH_AT + 8 * HOUR_MS,
    readAfterMs: 4_200,
  },
  {
    name: 'coins of two books, by a fee schedule and the broker',
    facts: COINS_OF_TWO_BOOKS,
    at: COINS_AT,
    settings: { feeRules: COMMISSION },
  },
  { name: 'coins of two books on Monday', facts: COINS_OF_TWO_BOOKS, at: COINS_AT + 47 * HOUR_MS },
  { name: 'edges of formulas', facts: EDGES_OF_FORMULAS, at: EDGES_AT },
  { name: 'what is missing', facts: WHAT_IS_MISSING, at: MISSING_AT },
  {
    name: 'what is missing, by a fee schedule',
    facts: WHAT_IS_MISSING,
    at: MISSING_AT - MINUTE_MS,
    settings: { feeRules: COMMISSION },
  },
]
