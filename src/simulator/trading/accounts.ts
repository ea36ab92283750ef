import type { CalendarName } from '../../domain/calendar.js'

/**
 * What an account pays, and under which name its broker says so in the order record; cumulative over an order's fills,
 * rounded up to a hundredth of a cent.
 */
export interface CostSchedule {
  readonly key: 'commission' | 'total_fees' | 'cost_amount'
  readonly perOrderUsd: string
  readonly perUnitUsd: string
  readonly bps: bigint
}

/** One broker account. The dialects differ on purpose: upstream's rows differ in just these ways. */
export interface AccountProfile {
  readonly label: string
  readonly calendar: CalendarName
  readonly initialCashUsd: number
  /** Gross exposure allowed, as a multiple of the initial cash. */
  readonly maxLeverage: number
  readonly adapter: 'alpaca' | 'lean'
  /** undefined: the broker tells no costs and takes none. */
  readonly costs: CostSchedule | undefined
  /** How a short position's quantity is written. */
  readonly shortQuantity: 'negative' | 'positive'
  /** With an order feed rows change as things happen; without one at the next poll, every 15 seconds. */
  readonly orderFeed: boolean
  /** Whether the order record is replaced by the latest one, or keeps its first state and nests the latest. */
  readonly orderRecord: 'replaced' | 'nested'
}

const ALPHA: AccountProfile = {
  label: 'alpha-live',
  calendar: 'XNYS',
  initialCashUsd: 500_000,
  maxLeverage: 1.6,
  adapter: 'alpaca',
  costs: { key: 'commission', perOrderUsd: '1', perUnitUsd: '0.005', bps: 0n },
  shortQuantity: 'negative',
  orderFeed: true,
  orderRecord: 'replaced',
}

const SHARED: AccountProfile = {
  label: 'shared-paper',
  calendar: 'XNYS',
  initialCashUsd: 1_000_000,
  maxLeverage: 1.5,
  adapter: 'alpaca',
  costs: undefined,
  shortQuantity: 'positive',
  orderFeed: false,
  orderRecord: 'nested',
}

const LEAN: AccountProfile = {
  label: 'lean-paper',
  calendar: 'XNYS',
  initialCashUsd: 300_000,
  maxLeverage: 1.4,
  adapter: 'lean',
  costs: { key: 'cost_amount', perOrderUsd: '0.35', perUnitUsd: '0.0035', bps: 0n },
  shortQuantity: 'negative',
  orderFeed: true,
  orderRecord: 'nested',
}

const CRYPTO: AccountProfile = {
  label: 'crypto-live',
  calendar: '24x7',
  initialCashUsd: 250_000,
  maxLeverage: 0.9,
  adapter: 'alpaca',
  costs: { key: 'total_fees', perOrderUsd: '0', perUnitUsd: '0', bps: 3n },
  shortQuantity: 'negative',
  orderFeed: true,
  orderRecord: 'replaced',
}

/** Those that trade equities: one of each dialect. */
export const EQUITY_ACCOUNTS = [ALPHA, SHARED, LEAN] as const

export const ACCOUNTS: readonly AccountProfile[] = [...EQUITY_ACCOUNTS, CRYPTO]
