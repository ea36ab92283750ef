import {
  absolute,
  MONEY_DIGITS,
  type MoneyE17,
  PRICE_DIGITS,
  type PriceE8,
  parseScaled,
  QUANTITY_DIGITS,
  type QuantityE9,
} from '../../domain/exact.js'
import { text } from './table.js'

/** One of the broker's account activities, as its row says it; numbers are undefined where they are none. */
export interface Activity {
  /** The broker's id, unique in the account. */
  readonly id: string
  /** The broker's id of the activity that this one stands in place of. */
  readonly corrects: string | undefined
  readonly type: string
  /** Its time; activities that are not trades have a date, written as midnight UTC. */
  readonly at: string
  readonly symbol: string | undefined
  /** A magnitude for fills; of a fee in coin signed as the position changes. */
  readonly quantity: QuantityE9 | undefined
  readonly price: PriceE8 | undefined
  /** Cash that came into the account, or below 0 left it. */
  readonly netAmount: MoneyE17 | undefined
  /** Whether the row has an amount at all, be it a number or not. */
  readonly hasAmount: boolean
  readonly currency: string | undefined
  /** Whether it names an order that we know. */
  readonly isOfOrder: boolean
}

/** An activity with all that corrects it: what the last one says counts, under the id of the first. */
export interface ActivityChain {
  readonly id: string
  readonly head: Activity
  /** The ids of the others: what was told under them while the first was not known counts no more. */
  readonly otherIds: readonly string[]
  readonly isOfOrder: boolean
}

/** Activities as their projection lists them, each an array; what is no array is left out. */
export function activitiesOf(list: unknown): Activity[] {
  if (!Array.isArray(list)) return []
  return list.filter(Array.isArray).map((activity: readonly unknown[]) => {
    const [
      id,
      corrects,
      type,
      eventAt,
      settleDate,
      observedAt,
      symbol,
      quantity,
      price,
      netAmount,
      currency,
      isOfOrder,
    ] = activity
    const date = text(settleDate)
    return {
      id: String(id),
      corrects: text(corrects),
      type: text(type)?.toUpperCase() ?? '',
      at: text(eventAt) ?? (date === undefined ? String(observedAt) : `${date}T00:00:00Z`),
      symbol: text(symbol),
      quantity: scaledOf(quantity, QUANTITY_DIGITS),
      price: scaledOf(price, PRICE_DIGITS),
      netAmount: scaledOf(netAmount, MONEY_DIGITS),
      hasAmount: text(netAmount) !== undefined,
      currency: text(currency)?.toUpperCase(),
      isOfOrder: isOfOrder === true,
    }
  })
}

function scaledOf(value: unknown, digits: number): bigint | undefined {
  const given = text(value)
  return given === undefined ? undefined : parseScaled(given, digits)
}

/**
 * The chains of some activities, oldest first. An id that is repeated counts once; a correction of an activity that is
 * not among them counts as itself; of two corrections of one activity the later counts.
 */
export function chainsOf(activities: readonly Activity[]): ActivityChain[] {
  if (activities.length === 0) return []
  const byId = new Map<string, Activity>()
  for (const activity of activities) if (!byId.has(activity.id)) byId.set(activity.id, activity)
  const chains = new Map<string, { head: Activity; depth: number; members: Activity[] }>()
  for (const activity of byId.values()) {
    const { first, depth } = firstOfChain(activity, byId)
    const chain = chains.get(first) ?? { head: activity, depth, members: [] }
    chains.set(first, chain)
    chain.members.push(activity)
    if (depth >= chain.depth) Object.assign(chain, { head: activity, depth })
  }
  return [...chains].map(([id, { head, members }]) => ({
    id,
    head,
    otherIds: members.flatMap((member) => (member.id === id ? [] : [member.id])),
    isOfOrder: members.some(({ isOfOrder }) => isOfOrder),
  }))
}

/** Follows what an activity corrects to the end; a circle ends where it closes. */
function firstOfChain(activity: Activity, byId: ReadonlyMap<string, Activity>): { first: string; depth: number } {
  const passed = new Set([activity.id])
  let current = activity
  for (;;) {
    const corrected = current.corrects === undefined ? undefined : byId.get(current.corrects)
    if (corrected === undefined || passed.has(corrected.id)) return { first: current.id, depth: passed.size - 1 }
    passed.add(corrected.id)
    current = corrected
  }
}

/** Without a currency it is that of the account: dollars. */
export function isInDollars({ currency }: Activity): boolean {
  return currency === undefined || currency === 'USD'
}

/** Quantity and price of a fill; undefined of anything else, of a trade that was busted, and of a row that is unusable. */
export function fillOf(activity: Activity): { readonly qty: QuantityE9; readonly price: PriceE8 } | undefined {
  const { type, quantity = 0n, price = 0n } = activity
  if (type !== 'FILL' || quantity === 0n || price <= 0n || !isInDollars(activity)) return undefined
  return { qty: absolute(quantity), price }
}

/** Fees by the broker's names of them: of trading, of custody passed on (PTC) and given back (PTR), and of crypto (CFEE). */
const FEES: ReadonlySet<string> = new Set(['FEE', 'CFEE', 'PTC', 'PTR'])

export function isFee({ type }: Activity): boolean {
  return FEES.has(type)
}

/** A crypto fee is taken in coin unless it has an amount. */
export function isInCoin({ type, netAmount = 0n }: Activity): boolean {
  return type === 'CFEE' && netAmount === 0n
}

/** What a chain costs the order that it names, positive when it costs; undefined when it is no such fee. */
export function orderCostOf({ head, isOfOrder }: ActivityChain): MoneyE17 | undefined {
  if (!isOfOrder || !isFee(head) || isInCoin(head) || !isInDollars(head)) return undefined
  return head.netAmount === undefined ? undefined : -head.netAmount
}
