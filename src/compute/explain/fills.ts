import { absolute, type MoneyE17, QUANTITY_DIGITS, type QuantityE9, ratio } from '../../domain/exact.js'
import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import type { EpochMs } from '../../domain/time.js'
import type { LedgerState, LedgerStep, SymbolLedger } from '../accumulators/symbol-ledger.js'
import type { Book } from '../book.js'
import { type CostSource, costsBy } from '../costs.js'
import { isoOrNull, largestFirst, listed, multiplierRow, price, quantity, sumOf, usd } from './rows.js'

/** What the fills of a window are looked at for. */
export type FillMeasure = 'realized' | 'notional' | 'costs'

const LISTED_FILLS = 25
const ONE = 10n ** BigInt(QUANTITY_DIGITS)

/** One step of a ledger with what it made of the sums. */
interface LedgerMove {
  readonly symbol: string
  readonly step: LedgerStep
  readonly before: LedgerState | undefined
  readonly multiplier: QuantityE9
  readonly realized: MoneyE17
  readonly notional: MoneyE17
  readonly costs: MoneyE17
  readonly takenOver: MoneyE17
}

const ORDERS: Readonly<Record<FillMeasure, string>> = {
  realized: 'largest realised result first, gain or loss',
  notional: 'largest notional first',
  costs: 'largest costs first',
}

/** The fills of (from, to], and what snapshots taught in that time, those first that moved the measure most. */
export function fillsPart(
  { ledgers }: Book,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
  source: CostSource | 'none',
  measure: FillMeasure,
): ExplanationPart {
  const moves = [...ledgers]
    .flatMap(([symbol, ledger]) => movesOf(symbol, ledger, from, to, source))
    .sort((a, b) => a.step.at - b.step.at)
  const sums = (some: readonly LedgerMove[]): ExplanationRow => ({
    fills: some.filter(({ step }) => step.fill !== undefined).length,
    realized_usd: usd(sumOf(some, ({ realized }) => realized)),
    notional_usd: usd(sumOf(some, ({ notional }) => notional)),
    costs_usd: usd(sumOf(some, ({ costs }) => costs)),
    taken_over_usd: usd(sumOf(some, ({ takenOver }) => takenOver)),
  })
  return {
    name: 'fills',
    about: 'What was filled in the window, and what snapshots taught of positions that no fill explains.',
    values: { ...sums(moves), cost_source: source },
    list: listed(
      largestFirst(moves, (move) => move[measure]),
      { limit: LISTED_FILLS, order: ORDERS[measure], row: rowOf, sums },
    ),
  }
}

function movesOf(
  symbol: string,
  ledger: SymbolLedger,
  from: EpochMs,
  to: EpochMs,
  source: CostSource | 'none',
): LedgerMove[] {
  const { steps, count } = ledger.stepsUpTo(to)
  const moves: LedgerMove[] = []
  for (let index = count - 1; index >= 0; index -= 1) {
    const step = steps[index]
    if (step === undefined || step.at <= from) break
    const before = steps[index - 1]?.state
    const takenOver = step.state.takenOver - (before?.takenOver ?? 0n)
    if (step.fill === undefined && step.adjustment === undefined && takenOver === 0n) continue
    const costs = costsBy(source, step.state.costs) - (before === undefined ? 0n : costsBy(source, before.costs))
    const changeOf = (field: 'realized' | 'notional') => step.state[field] - (before?.[field] ?? 0n)
    const { multiplier } = ledger.terms
    moves.push({
      symbol,
      step,
      before,
      multiplier,
      costs,
      takenOver,
      realized: changeOf('realized'),
      notional: changeOf('notional'),
    })
  }
  return moves.reverse()
}

function rowOf({ symbol, step, before, multiplier, realized, notional, costs, takenOver }: LedgerMove): ExplanationRow {
  const { fill, adjustment, state } = step
  const held = before?.quantity ?? 0n
  const filled = fill && {
    execution_id: fill.executionId,
    fill_id: fill.fillId,
    side: fill.side,
    quantity: quantity(fill.quantity),
    price: ratio(fill.notional, fill.quantity * 10n ** 8n),
  }
  const taught = adjustment && {
    taught: adjustment.kind,
    quantity: quantity(absolute(state.quantity - held)),
    ...(adjustment.kind === 'split' ? {} : { price: price(adjustment.price) }),
  }
  return {
    at: isoOrNull(step.at),
    symbol,
    ...filled,
    ...taught,
    ...multiplierRow(multiplier),
    held_before: quantity(held),
    // Signed like the position, so that their quotient is a price.
    average_cost_before: held === 0n ? null : ratio((before?.cost ?? 0n) * ONE, held * multiplier * 10n ** 8n),
    held_after: quantity(state.quantity),
    realized_usd: usd(realized),
    notional_usd: usd(notional),
    costs_usd: usd(costs),
    ...(takenOver === 0n ? {} : { taken_over_usd: usd(takenOver) }),
  }
}
