import type { MoneyE17 } from '../domain/exact.js'
import type { EpochMs } from '../domain/time.js'
import type { LedgerState, SymbolLedger } from './accumulators/symbol-ledger.js'
import type { BookCosts } from './book-costs.js'
import { type SeenLedgers, unknownOpening } from './book-positions.js'
import type { Sharing } from './equity/sharing.js'
import { unrealizedOf } from './formulas/performance.js'
import { known, type Unknown, type Valuation } from './valuation.js'
import type { MarkedPosition, WindowResult } from './view.js'

export interface ResultSources {
  readonly ledgers: SeenLedgers
  readonly costs: BookCosts
  readonly currencyOf: (symbol: string) => string
  readonly sharing: Sharing
  /** What was held at the start, at the start's own marks. */
  readonly atStart: Valuation<readonly MarkedPosition[]>
  readonly now: Valuation<readonly MarkedPosition[]>
}

/** One symbol's ledger between two instants. */
interface Stretch {
  readonly symbol: string
  readonly ledger: SymbolLedger
  readonly before: LedgerState
  readonly now: LedgerState
}

/** What a book earned before and after costs in (start, at]. */
export function windowResultOf(
  { ledgers, costs, currencyOf, sharing, atStart, now }: ResultSources,
  start: EpochMs,
  at: EpochMs,
): WindowResult {
  const foreignOf = (stretches: readonly Stretch[]): Unknown | undefined => {
    const symbols = stretches.map(({ symbol }) => symbol).filter((symbol) => currencyOf(symbol) !== 'USD')
    return symbols.length > 0 ? { known: false, reason: 'currency', symbols } : undefined
  }
  const stretches = ledgers.map(([symbol, ledger]) => ({
    ...{ symbol, ledger, before: ledger.stateAt(start), now: ledger.stateAt(at) },
  }))
  const unknown = stretches.filter(({ ledger }) => ledger.isUnknownAfter(start)).map(({ symbol }) => symbol)
  // What did not change has nothing to add.
  const changed = stretches.filter(({ before, now }) => before !== now)
  const sum = (field: 'realized' | 'notional' | 'rebased' | 'takenOver' | 'feesInKind'): MoneyE17 =>
    changed.reduce((total, { before, now }) => total + now[field] - before[field], 0n)
  const traded = changed.filter(({ before, now }) => now.fillCount !== before.fillCount)
  const foreign = foreignOf(traded)
  // What snapshots taught is a result and no turnover.
  const adjusted = changed.filter(({ ledger }) => ledger.isAdjustedIn(start, at))
  // A fee in a coin that is quoted in something else is known in that alone.
  const taxed = changed.filter(({ before, now }) => now.feesInKind !== before.feesInKind)
  return {
    fillCount: traded.reduce((total, { before, now }) => total + now.fillCount - before.fillCount, 0),
    tradedNotional: foreign ?? known(sum('notional')),
    realized: foreign ?? foreignOf(adjusted) ?? (unknown.length > 0 ? unknownOpening(unknown) : known(sum('realized'))),
    rebased: sum('rebased'),
    orderCosts: changed.reduce(
      (total, { before, now }) => total + costs.ofFills(before, now),
      costs.ofBareOrders(start, at),
    ),
    feesInKind: foreignOf(taxed) ?? known(sum('feesInKind')),
    accountFees: costs.ofAccount(start, at, sharing),
    unrealizedChange: unrealizedChange(now, atStart, sum('takenOver')),
  }
}

function unrealizedChange(
  now: ResultSources['now'],
  atStart: ResultSources['atStart'],
  takenOver: MoneyE17,
): Valuation<MoneyE17> {
  if (atStart.known && now.known) return known(unrealizedOf(now.value) - unrealizedOf(atStart.value) - takenOver)
  const obstacles = [now, atStart].filter((positions) => !positions.known)
  return obstacles.find(({ reason }) => reason === 'missing_mark') ?? obstacles[0] ?? known(0n)
}

/** The result before costs less costs, or why it cannot be told: what concerns money as such comes first. */
export function netPnlOf({
  realized,
  unrealizedChange,
  orderCosts,
  feesInKind,
  accountFees,
}: WindowResult): Valuation<MoneyE17> {
  if (!realized.known && realized.reason === 'currency') return realized
  if (!unrealizedChange.known) return unrealizedChange
  if (!realized.known) return realized
  if (!feesInKind.known) return feesInKind
  return known(realized.value + unrealizedChange.value - orderCosts - feesInKind.value - accountFees)
}
