import type { Calendar } from '../../domain/calendar.js'
import type { MoneyE17, PriceE8, QuantityE9 } from '../../domain/exact.js'
import { DAY_MS, type EpochMs } from '../../domain/time.js'
import type { Instrument } from '../market/instruments.js'
import type { Market } from '../market/market.js'
import { type AccountLedger, averageEntryE8 } from './account-ledger.js'
import type { AccountProfile } from './accounts.js'

export interface SnapshotPosition {
  readonly instrument: Instrument
  /** Signed. */
  readonly qtyE9: QuantityE9
  readonly averageEntryE8: PriceE8
  readonly costE17: MoneyE17
  readonly priceE8: PriceE8
  readonly lastDayPriceE8: PriceE8
}

/** What the broker says of an account at an instant: every fill up to it is in. */
export interface Snapshot {
  readonly account: AccountProfile
  readonly at: EpochMs
  readonly cashE17: MoneyE17
  readonly positions: readonly SnapshotPosition[]
}

/** @param missingCashE17 cash that the broker does not show */
export function takeSnapshot(
  { account, cashE17, holdings }: AccountLedger,
  at: EpochMs,
  market: Market,
  calendar: Calendar,
  missingCashE17: MoneyE17 = 0n,
): Snapshot {
  const lastDayAt = previousClose(calendar, at)
  const positions = holdings().map((holding): SnapshotPosition => {
    const { symbol, qtyE9, costE17 } = holding
    return {
      ...{ instrument: market.instrument(symbol), qtyE9, costE17, averageEntryE8: averageEntryE8(holding) },
      ...{ priceE8: market.priceE8(symbol, at), lastDayPriceE8: market.priceE8(symbol, lastDayAt) },
    }
  })
  return { account, at, cashE17: cashE17() - missingCashE17, positions }
}

function previousClose(calendar: Calendar, at: EpochMs): EpochMs {
  return calendar.nextSession(at) === undefined
    ? Math.floor(at / DAY_MS) * DAY_MS
    : calendar.sessionBefore(at, 1).closesAt
}
