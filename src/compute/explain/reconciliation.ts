import type { MoneyE17 } from '../../domain/exact.js'
import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import type { EpochMs } from '../../domain/time.js'
import type { LedgerState, SymbolLedger } from '../accumulators/symbol-ledger.js'
import { BookCosts } from '../book-costs.js'
import type { BookReader, BookReaderOptions } from '../book-reader.js'
import type { Reconciliation } from '../equity/book-equity.js'
import { snapshotPriceOf } from '../mark-sources.js'
import type { Valuation } from '../valuation.js'
import { isoOrNull, largestFirst, listed, multiplierRow, priceOrNull, quantity, sumOf, usd, valued } from './rows.js'

const LISTED_SYMBOLS = 50

/** What one symbol did between the two snapshots. */
interface SymbolResult {
  readonly symbol: string
  readonly ledger: SymbolLedger
  readonly before: LedgerState
  readonly after: LedgerState
  readonly costs: MoneyE17
}

/** The two snapshots, and what explains the change between them, symbol by symbol. */
export function reconciliationPart(
  options: BookReaderOptions,
  reader: BookReader,
  reconciliation: Valuation<Reconciliation>,
): ExplanationPart {
  const { account, book } = options
  const part = {
    name: 'reconciliation',
    about:
      'The change of equity between two snapshots, less flows, less what the book says that it earned with its positions at the snapshots’ own prices: realised + unrealised after − unrealised before − taken over − costs.',
    values: valued(reconciliation, ({ gap, from, to, flows, dividends, interest }): ExplanationRow => {
      const [before, after] = [account.snapshotAt(from)?.equity ?? 0n, account.snapshotAt(to)?.equity ?? 0n]
      const flowed = sumOf(flows, ({ amount }) => amount)
      const costs = new BookCosts(book, account, reader.at)
      return {
        first_snapshot_at: isoOrNull(from),
        first_equity_usd: usd(before),
        last_snapshot_at: isoOrNull(to),
        last_equity_usd: usd(after),
        flows: flows.length,
        flows_usd: usd(flowed),
        net_result_usd: usd(after - before - flowed - gap),
        costs_without_fill_usd: usd(costs.ofBareOrders(from, to)),
        account_fees_usd: usd(costs.ofAccount(from, to, reader.sharing())),
        gap_usd: usd(gap),
        dividends_usd: usd(dividends),
        interest_usd: usd(interest),
      }
    }),
  }
  if (!reconciliation.known) return part
  const { from, to } = reconciliation.value
  const symbols = symbolsBetween(options, from, to, reader.at)
  const realizedOf = ({ before, after }: SymbolResult) => after.realized - before.realized
  return {
    ...part,
    list: listed(largestFirst(symbols, realizedOf), {
      limit: LISTED_SYMBOLS,
      order: 'largest realised result first, gain or loss',
      row: (one) => ({
        symbol: one.symbol,
        ...multiplierRow(one.ledger.terms.multiplier),
        ...heldRow('before', options, one.symbol, one.before, from),
        ...heldRow('after', options, one.symbol, one.after, to),
        realized_usd: usd(realizedOf(one)),
        taken_over_usd: usd(one.after.takenOver - one.before.takenOver),
        costs_usd: usd(one.costs),
      }),
      sums: (leftOut) => ({
        realized_usd: usd(sumOf(leftOut, realizedOf)),
        costs_usd: usd(sumOf(leftOut, ({ costs }) => costs)),
      }),
    }),
  }
}

function symbolsBetween({ book, account }: BookReaderOptions, from: EpochMs, to: EpochMs, at: EpochMs): SymbolResult[] {
  const costs = new BookCosts(book, account, at)
  return [...book.ledgers].flatMap(([symbol, ledger]) => {
    const [before, after] = [ledger.stateAt(from), ledger.stateAt(to)]
    if (before.quantity === 0n && before.at === after.at) return []
    const paid = costs.ofFills(before, after) + after.feesInKind - before.feesInKind
    return [{ symbol, ledger, before, after, costs: paid }]
  })
}

function heldRow(
  name: string,
  options: BookReaderOptions,
  symbol: string,
  { quantity: held, cost }: LedgerState,
  at: EpochMs,
): ExplanationRow {
  return {
    [`held_${name}`]: quantity(held),
    [`price_${name}`]: held === 0n ? null : priceOrNull(snapshotPriceOf(options, symbol, at)),
    [`cost_${name}_usd`]: usd(cost),
  }
}
