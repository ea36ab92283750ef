import { MINUTE_MS } from '../../domain/time.js'

/** How long a shock takes to its full depth, and from there back to nothing, in market time. */
export const SHOCK_FALL_MS = 4 * MINUTE_MS
export const SHOCK_RECOVERY_MS = 20 * MINUTE_MS
/** Depths are whole millionths, so that they reach SQL exactly. */
export const SHOCK_SCALE = 1_000_000

/**
 * A move of one symbol's price that its waves do not have: towards `depth` while it lasts, slowly back afterwards.
 *
 * It is a function of market time, so that a closed market keeps its closing price and a night counts for two hours.
 */
export interface Shock {
  readonly symbol: string
  /** The whole move in millionths of the price; below 0 for a fall. */
  readonly depthE6: number
  /** Market time of its beginning. */
  readonly fromMs: number
  /** Market time of the turn; undefined while it is not known. */
  readonly untilMs: number | undefined
}

/** A market time that never comes, for SQL, which has no undefined. */
const NEVER_MS = Number.MAX_SAFE_INTEGER

/** The factor that shocks put on a symbol's price at a market time; exactly 1 without any. The same formula is in SHOCK_FACTOR. */
export function shockFactor(shocks: readonly Shock[], symbol: string, marketMs: number): number {
  let sum = 0
  for (const shock of shocks) {
    if (shock.symbol !== symbol) continue
    const untilMs = shock.untilMs ?? NEVER_MS
    const fallen = Math.min(1, (Math.min(marketMs, untilMs) - shock.fromMs) / SHOCK_FALL_MS)
    const recovered = Math.max(0, marketMs - untilMs) / SHOCK_RECOVERY_MS
    sum += (shock.depthE6 / SHOCK_SCALE) * Math.max(0, fallen - recovered)
  }
  return 1 + sum
}

/** The factor in ClickHouse's SQL, where `symbol` and `market_ms` are columns; the condition is decided once a statement. */
export const SHOCK_FACTOR = `if(empty({shock_symbols:Array(String)}), 1, 1 + arraySum(
        (name, depth, from_ms, until_ms) -> (name = symbol) * (depth / ${SHOCK_SCALE}) * greatest(0,
          least(1, (least(market_ms, until_ms) - from_ms) / ${SHOCK_FALL_MS})
            - greatest(0, market_ms - until_ms) / ${SHOCK_RECOVERY_MS}),
        {shock_symbols:Array(String)}, {shock_depths:Array(Int64)}, {shock_froms:Array(Int64)}, {shock_untils:Array(Int64)}
      ))`

/** Shocks as parameters of SHOCK_FACTOR: one array a field. */
export function shockParameters(shocks: readonly Shock[]): Record<string, (string | number)[]> {
  return {
    shock_symbols: shocks.map(({ symbol }) => symbol),
    shock_depths: shocks.map(({ depthE6 }) => depthE6),
    shock_froms: shocks.map(({ fromMs }) => fromMs),
    shock_untils: shocks.map(({ untilMs }) => untilMs ?? NEVER_MS),
  }
}
