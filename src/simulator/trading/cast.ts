import { INSTRUMENTS, type Instrument } from '../market/instruments.js'
import { madeUpInstruments } from '../market/made-up-instruments.js'
import { ACCOUNTS, type AccountProfile, EQUITY_ACCOUNTS } from './accounts.js'
import { createDeskStrategy } from './desk-strategies.js'
import { STRATEGIES, type StrategyProfile } from './strategies.js'

/** Who trades what, and where: all of the simulated world that is not left to chance. */
export interface Cast {
  readonly instruments: readonly Instrument[]
  readonly accounts: readonly AccountProfile[]
  readonly strategies: readonly StrategyProfile[]
}

/** What the demo shows: five books with names, a hundred symbols. */
export const DEMO_CAST: Cast = { instruments: INSTRUMENTS, accounts: ACCOUNTS, strategies: STRATEGIES }

/**
 * The demo's cast and as many more books and symbols as make up the wanted numbers; fewer than the demo's are the demo's.
 * Each further book is alone in an account, whose dialect is that of one of the demo's.
 */
export function createCast({ books, symbols }: { readonly books: number; readonly symbols: number }): Cast {
  const instruments = [...INSTRUMENTS, ...madeUpInstruments(Math.max(0, symbols - INSTRUMENTS.length))]
  const equities = instruments.filter(({ calendar }) => calendar === 'XNYS').map(({ symbol }) => symbol)
  const desks = Array.from({ length: Math.max(0, books - STRATEGIES.length) }, (_, index) =>
    createDeskStrategy(STRATEGIES.length + index + 1, equities),
  )
  return {
    instruments,
    accounts: [...ACCOUNTS, ...desks.map(({ account }, index) => ({ ...dialectOf(index), label: account }))],
    strategies: [...STRATEGIES, ...desks],
  }
}

function dialectOf(index: number): AccountProfile {
  return EQUITY_ACCOUNTS[index % EQUITY_ACCOUNTS.length] ?? EQUITY_ACCOUNTS[0]
}
