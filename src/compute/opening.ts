import { absolute, divideHalfEven, QUANTITY_DIGITS } from '../domain/exact.js'
import type { EpochMs } from '../domain/time.js'
import { type Account, quantityIn } from './account.js'
import type { Opening, SymbolLedger } from './accumulators/symbol-ledger.js'

/** Crypto fees are taken in coin, so a snapshot shows a little less than the fills: up to 0.5 % is still explained. */
const FEE_IN_KIND_DIVISOR = 200n

/**
 * How the ledgers of one symbol in one account begin, as far as is known at T.
 *
 * If the fills up to the account's first snapshot explain its quantity, history began flat. If not, and one book alone
 * ever traded the symbol, its ledger starts at that snapshot. With several books nobody can say whose position it was,
 * and without any price what it cost, until a snapshot shows it flat.
 * Source: METRICS section 1, "Opening inventory".
 */
export function openingOf(symbol: string, account: Account, at: EpochMs): Opening {
  const first = account.firstSnapshot
  if (first === undefined || first.at > at) return { kind: 'flat' }

  const traders: { ledger: SymbolLedger; continuous: boolean }[] = []
  for (const book of account.books.values()) {
    const ledger = book.ledgers.get(symbol)
    if (ledger?.firstFillAt !== undefined && ledger.firstFillAt <= at)
      traders.push({ ledger, continuous: book.calendar.name === '24x7' })
  }
  const held = quantityIn(first, symbol)
  const filled = traders.reduce((total, { ledger }) => total + ledger.filledUpTo(first.at), 0n)
  const tolerance = traders.some(({ continuous }) => continuous) ? absolute(filled) / FEE_IN_KIND_DIVISOR : 0n
  if (absolute(filled - held) <= tolerance) return { kind: 'flat' }

  const [trader, ...others] = traders
  if (trader === undefined) return { kind: 'flat' }
  const position = first.positions.find((candidate) => candidate.symbol === symbol)
  const price = position?.avgEntryPrice ?? position?.mark
  const isPriced = held === 0n || price !== undefined
  if (others.length > 0 || !isPriced) return { kind: 'unknown', until: account.positions.firstFlat(symbol) }
  if (position === undefined || price === undefined)
    return { kind: 'snapshot', at: first.at, quantity: 0n, cost: 0n, unrealized: 0n }
  const { multiplier } = trader.ledger.terms
  const one = 10n ** BigInt(QUANTITY_DIGITS)
  const cost = divideHalfEven(held * price * multiplier, one)
  const value = divideHalfEven(held * (position.mark ?? price) * multiplier, one)
  return { kind: 'snapshot', at: first.at, quantity: held, cost, unrealized: value - cost }
}
