import { canonicalSymbol } from '../../domain/book.js'
import { absolute } from '../../domain/exact.js'
import { toIso } from '../../domain/time.js'
import { uuidOf } from '../random.js'
import type { AccountProfile } from '../trading/accounts.js'
import type { Snapshot, SnapshotPosition } from '../trading/snapshot.js'
import { moneyText, priceText, quantityText } from './decimals.js'
import type { Row } from './table.js'

/** An account as the broker shows it: equity is cash and the market value of what is held, to the eight decimals. */
export function snapshotRow(snapshot: Snapshot, seed: number): Row {
  const { account, at, cashE17, positions } = snapshot
  const valueE17 = positions.reduce((sum, { qtyE9, priceE8 }) => sum + qtyE9 * priceE8, 0n)
  const grossE17 = positions.reduce((sum, { qtyE9, priceE8 }) => sum + absolute(qtyE9) * priceE8, 0n)
  const equityE17 = cashE17 + valueE17
  const free = account.calendar === '24x7' ? cashE17 : 2n * equityE17 - grossE17
  return {
    id: uuidOf(`${seed}/snapshot/${account.label}/${at}`),
    alpaca_account_label: account.label,
    as_of: toIso(at),
    equity: moneyText(equityE17),
    cash: moneyText(cashE17),
    buying_power: moneyText(free > 0n ? free : 0n),
    positions: positions.map((position) => positionJson(position, account)),
    created_at: toIso(at),
  }
}

/** Every number as text; shorts have a quantity below 0 or above it, as the account's dialect has it. */
function positionJson(position: SnapshotPosition, account: AccountProfile): Row {
  const { instrument, qtyE9, averageEntryE8, costE17, priceE8, lastDayPriceE8 } = position
  return {
    symbol: canonicalSymbol(instrument.symbol),
    exchange: instrument.exchange,
    asset_class: instrument.assetClass,
    side: qtyE9 > 0n ? 'long' : 'short',
    qty: quantityText(account.shortQuantity === 'positive' ? absolute(qtyE9) : qtyE9),
    avg_entry_price: priceText(averageEntryE8),
    cost_basis: moneyText(costE17),
    current_price: priceText(priceE8),
    lastday_price: priceText(lastDayPriceE8),
    market_value: moneyText(qtyE9 * priceE8),
    unrealized_pl: moneyText(qtyE9 * priceE8 - costE17),
    unrealized_intraday_pl: moneyText(qtyE9 * (priceE8 - lastDayPriceE8)),
  }
}
