import { type EpochMs, toIso } from '../../domain/time.js'
import type { StrategyProfile } from '../trading/strategies.js'
import type { Row } from './table.js'

/** A strategy as its owner set it up, the day before it first traded. */
export function strategyRow(strategy: StrategyProfile, madeAt: EpochMs): Row {
  return {
    id: strategy.id,
    name: strategy.name,
    description: strategy.description,
    enabled: true,
    base_timeframe: '1Sec',
    universe_type: 'static',
    universe_symbols: strategy.universe,
    max_position_pct_equity: String(strategy.positionShare * 2),
    max_notional_per_trade: null,
    created_at: toIso(madeAt),
    updated_at: toIso(madeAt),
  }
}
