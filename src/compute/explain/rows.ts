import {
  MONEY_DIGITS,
  type MoneyE17,
  PRICE_DIGITS,
  type PriceE8,
  QUANTITY_DIGITS,
  type QuantityE9,
  toNumber,
} from '../../domain/exact.js'
import type { ExplanationList, ExplanationRow } from '../../domain/explanation.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { Sharing } from '../equity/sharing.js'
import type { Unknown, Valuation } from '../valuation.js'

/** Symbols named where something is unknown because of them. */
const NAMED_SYMBOLS = 20

const ONE = 10n ** BigInt(QUANTITY_DIGITS)

export function usd(money: MoneyE17): number {
  return toNumber(money, MONEY_DIGITS)
}

export function price(priceE8: PriceE8): number {
  return toNumber(priceE8, PRICE_DIGITS)
}

export function quantity(quantityE9: QuantityE9): number {
  return toNumber(quantityE9, QUANTITY_DIGITS)
}

export function priceOrNull(priceE8: PriceE8 | undefined): number | null {
  return priceE8 === undefined ? null : price(priceE8)
}

export function quantityOrNull(quantityE9: QuantityE9 | undefined): number | null {
  return quantityE9 === undefined ? null : quantity(quantityE9)
}

/** What quantity times price is multiplied by, where that is not 1. */
export function multiplierRow(multiplier: QuantityE9): ExplanationRow {
  return multiplier === ONE ? {} : { multiplier: quantity(multiplier) }
}

/** RFC 3339; null where there is no instant. */
export function isoOrNull(at: EpochMs | undefined): string | null {
  return at === undefined || !Number.isFinite(at) ? null : toIso(at)
}

/** The book's part of what its account has or pays: 1 where the account is its own. */
export function shareNumber(sharing: Sharing): number {
  if (sharing.kind === 'alone') return 1
  return sharing.source === 'configured' ? quantity(sharing.share) : 1 / sharing.books
}

/** What a valuation says, or why it says nothing. */
export function valued<Value>(valuation: Valuation<Value>, row: (value: Value) => ExplanationRow): ExplanationRow {
  return valuation.known ? row(valuation.value) : unknownRow(valuation)
}

export function unknownRow({ reason, symbols }: Unknown): ExplanationRow {
  if (symbols.length === 0) return { unknown: reason }
  const named = [...symbols].sort().slice(0, NAMED_SYMBOLS).join(' ')
  return { unknown: reason, because_of: named, because_of_count: symbols.length }
}

interface Listing<Item> {
  readonly limit: number
  /** In words: how `items` are ordered. */
  readonly order: string
  readonly row: (item: Item) => ExplanationRow
  readonly sums: (leftOut: readonly Item[]) => ExplanationRow
}

/** The first items as rows, and what the rest comes to. */
export function listed<Item>(items: readonly Item[], { limit, order, row, sums }: Listing<Item>): ExplanationList {
  const leftOut = items.slice(limit)
  return {
    order,
    rows: items.slice(0, limit).map(row),
    leftOut: { count: leftOut.length, sums: leftOut.length === 0 ? {} : sums(leftOut) },
  }
}

export function sumOf<Item>(items: readonly Item[], of: (item: Item) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n)
}

/** Largest magnitude first; of equal ones the order stays. */
export function largestFirst<Item>(items: readonly Item[], of: (item: Item) => bigint): Item[] {
  const size = (item: Item) => (of(item) < 0n ? -of(item) : of(item))
  return [...items].sort((a, b) => (size(a) > size(b) ? -1 : size(a) < size(b) ? 1 : 0))
}
