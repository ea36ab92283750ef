export const T = Date.parse('2026-11-20T19:30:00Z')
export const E8 = 100_000_000n
export const E9 = 1_000_000_000n

/** What a test says of an activity; the rest is as for a deposit of nothing. */
export interface ListedActivity {
  readonly id?: string
  readonly corrects?: string
  readonly type?: string
  readonly eventAt?: string | null
  readonly settleDate?: string
  readonly symbol?: string
  readonly quantity?: string | null
  readonly price?: string | null
  readonly amount?: string | null
  readonly currency?: string
  readonly isOfOrder?: boolean
}

/** An activity as the projections list it. */
export function listed({
  id = 'a',
  corrects,
  type = 'CSD',
  eventAt = '2026-11-20T19:30:00+00:00',
  settleDate,
  symbol,
  quantity = null,
  price = null,
  amount = null,
  currency,
  isOfOrder = false,
}: ListedActivity): readonly unknown[] {
  const observedAt = '2026-11-20T19:31:00+00:00'
  const dated = [eventAt, settleDate ?? null, observedAt]
  return [id, corrects ?? null, type, ...dated, symbol ?? null, quantity, price, amount, currency ?? null, isOfOrder]
}
