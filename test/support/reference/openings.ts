import type { EpochMs } from '../../../src/domain/time.js'
import { divide, magnitude, sum } from './exact.js'
import { heldIn, type Knowledge, QUANTITY_ONE, signed } from './knowledge.js'

/** How the history of a symbol in an account began. */
export type Opening =
  | { readonly kind: 'flat' }
  | {
      readonly kind: 'taken over'
      readonly at: EpochMs
      readonly quantity: bigint
      readonly cost: bigint
      readonly value: bigint
    }
  | { readonly kind: 'unknown'; readonly until: EpochMs }

/** How history began: METRICS section 1, "Opening inventory". */
export function openingOf(symbol: string, known: Knowledge, account: string): Opening {
  const snapshots = known.snapshots.filter((snapshot) => snapshot.account === account)
  const [first] = snapshots
  const fills = known.fills.filter(
    (fill) => fill.order.symbol === symbol && fill.order.account === account && fill.at <= known.at,
  )
  const traders = new Set(fills.map((fill) => fill.order.strategyId))
  if (first === undefined || traders.size === 0) return { kind: 'flat' }

  const filled = sum(fills.filter((fill) => fill.at <= first.at).map(signed))
  const difference = magnitude(filled - heldIn(first, symbol))
  const isContinuous = [...traders].some((strategyId) => known.calendarOf(strategyId).name === '24x7')
  if (difference === 0n || (isContinuous && difference * 200n <= magnitude(filled))) return { kind: 'flat' }
  const position = first.positions.find((candidate) => candidate.symbol === symbol)
  const average = position?.avgEntryPrice ?? position?.mark
  const nothing = { kind: 'taken over', at: first.at, quantity: 0n, cost: 0n, value: 0n } as const
  if (traders.size === 1 && heldIn(first, symbol) === 0n) return nothing
  if (traders.size > 1 || position === undefined || average === undefined) {
    const until = snapshots.find((snapshot) => heldIn(snapshot, symbol) === 0n)?.at
    return { kind: 'unknown', until: until ?? Number.POSITIVE_INFINITY }
  }

  const { multiplier } = known.termsOf(symbol)
  const worth = (price: bigint) => divide(position.qty * price * multiplier, QUANTITY_ONE)
  return {
    kind: 'taken over',
    at: first.at,
    quantity: position.qty,
    cost: worth(average),
    value: worth(position.mark ?? average),
  }
}
