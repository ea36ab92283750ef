import { formatScaled, MONEY_DIGITS, QUANTITY_DIGITS } from '../../domain/exact.js'
import type { CashFlowFact, FactRejection } from '../../domain/facts.js'
import {
  type Activity,
  type ActivityChain,
  activitiesOf,
  chainsOf,
  fillOf,
  isFee,
  isInCoin,
  isInDollars,
  orderCostOf,
} from './activities.js'
import { ACTIVITIES_WATCH, activityProjection, correctionsJoin } from './activity-links.js'
import type { TorghutSchema } from './schema.js'
import { join, type Reading, type Row, read, type Table, text } from './table.js'

/** Transfers whose direction is told by the sign of their amount alone: journals of cash, transfers from other brokers. */
const TRANSFERS: ReadonlySet<string> = new Set(['JNLC', 'JNL', 'TRANS', 'ACATC'])

/**
 * Cash that the broker's account activities tell of, save their fills and the fees of known orders, which are read with
 * the order. Append-only; rows come late, and a correction is a row of its own.
 */
export function activitiesTable(schema: TorghutSchema): Table {
  return {
    name: 'broker_account_activities',
    kind: 'cash_flow',
    joins: correctionsJoin(schema),
    projection: activityProjection(schema),
    watches: [ACTIVITIES_WATCH],
    toFacts,
  }
}

function toFacts(row: Row): Reading {
  const account = text(row.account)
  if (row.is_first !== true || account === undefined) return NOTHING
  const [chain] = chainsOf([...activitiesOf([row.activity]), ...activitiesOf(row.corrections)])
  if (chain === undefined) return NOTHING
  const flow = flowOf(account, chain)
  const { head, id, otherIds } = chain
  if (head.type === 'FILL' || otherIds.length === 0) return flow
  const gone = flow.facts.length === 0 ? [id, ...otherIds] : otherIds
  return join(flow, ...gone.map((flowId) => noCashFlow(account, flowId, head.at)))
}

const NOTHING: Reading = { facts: [], rejections: [] }

/** Takes a cash flow back: its activity says something else now, or is told elsewhere. */
export function noCashFlow(account: string, flowId: string, at: string): Reading {
  return read('retraction', flowId, { of: 'cash_flow', identity: [account, flowId], at })
}

function flowOf(account: string, chain: ActivityChain): Reading {
  const { id, head, otherIds } = chain
  const { type, at, symbol, quantity, netAmount, hasAmount } = head
  if (otherIds.length > 0 && saysNothing(head)) return NOTHING
  if (!isInDollars(head)) return rejected(head, 'currency', `${type} in ${head.currency?.slice(0, 8)}`)
  if (type === 'FILL')
    return fillOf(head) === undefined ? rejected(head, 'malformed', 'a fill without quantity and price') : NOTHING
  if (orderCostOf(chain) !== undefined) return NOTHING
  if (hasAmount && netAmount === undefined) return rejected(head, 'malformed', `${type}: its amount is no number`)
  const kind = kindOf(head)
  if (kind === undefined)
    return (netAmount ?? 0n) === 0n
      ? NOTHING
      : rejected(head, 'unknown_activity', `${type} moves cash and is not known`)
  const isOfCoin = isInCoin(head)
  if (netAmount === undefined && !isOfCoin) return rejected(head, 'malformed', `${type} without an amount`)
  return read('cash_flow', id, {
    account,
    flow_id: id,
    kind,
    amount: formatScaled(netAmount ?? 0n, MONEY_DIGITS),
    symbol,
    qty: isOfCoin && quantity !== undefined ? formatScaled(quantity, QUANTITY_DIGITS) : undefined,
    at,
  })
}

/** A correction to nothing: the activity never was. */
function saysNothing({ type, quantity = 0n, netAmount, hasAmount }: Activity): boolean {
  const isWithoutCash = hasAmount ? netAmount === 0n : true
  return isWithoutCash && (quantity === 0n || (type !== 'FILL' && type !== 'CFEE'))
}

/** By the broker's names of the types; undefined of those that move no cash, and of those that we do not know. */
function kindOf(activity: Activity): CashFlowFact['kind'] | undefined {
  const { type, netAmount = 0n } = activity
  if (isFee(activity)) return 'fee'
  if (type === 'CSD') return 'deposit'
  if (type === 'CSW') return 'withdrawal'
  // A journal of shares has the same name as one of cash, and no amount.
  if (TRANSFERS.has(type)) return netAmount === 0n ? undefined : netAmount > 0n ? 'deposit' : 'withdrawal'
  if (type.startsWith('DIV') || type === 'CGD') return 'dividend'
  if (type.startsWith('INT')) return 'interest'
  return undefined
}

function rejected({ id, type }: Activity, reason: FactRejection['reason'], detail: string): Reading {
  return { facts: [], rejections: [{ kind: type === 'FILL' ? 'fill' : 'cash_flow', id, reason, detail }] }
}
