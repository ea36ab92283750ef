import {
  absolute,
  divideHalfEven,
  MONEY_DIGITS,
  type MoneyE17,
  parseScaled,
  ratio,
  toNumber,
} from '../../domain/exact.js'
import type { MetricResult } from '../../domain/metric.js'
import type { Sums } from '../accumulators/summed-timeline.js'
import { insufficient, ok } from '../result.js'

/**
 * What the closed trades of a window are, in numbers that can be added: results of 10⁻⁸, holding times of 10⁻¹² ms.
 * Every statistic of trades is a function of these.
 */
export const TRADE_SUMS = ['trades', 'wins', 'losses', 'won', 'lost', 'held'] as const
export type TradeSums = Sums<(typeof TRADE_SUMS)[number]>

export const NO_TRADES: TradeSums = { trades: 0n, wins: 0n, losses: 0n, won: 0n, lost: 0n, held: 0n }

/** Decimals of a result in dollars. */
export const RESULT_DIGITS = 8
const RESULT_UNIT = 10n ** BigInt(MONEY_DIGITS - RESULT_DIGITS)
const ONE_DOLLAR = 10n ** BigInt(RESULT_DIGITS)
export const HELD_DIGITS = 12
const MINUTE_HELD = 60_000n * 10n ** BigInt(HELD_DIGITS)

/** A trade's result in 10⁻⁸, rounded half away from zero: once, and what is classified and summed is that. */
export function tradeResult(net: MoneyE17): bigint {
  const rounded = (absolute(net) + RESULT_UNIT / 2n) / RESULT_UNIT
  return net < 0n ? -rounded : rounded
}

/** What one trade adds; `held` is its own holding time. */
export function sumsOfTrade(result: bigint, held: bigint): TradeSums {
  const [isWin, isLoss] = [result > 0n, result < 0n]
  return {
    trades: 1n,
    wins: isWin ? 1n : 0n,
    losses: isLoss ? 1n : 0n,
    won: isWin ? result : 0n,
    lost: isLoss ? result : 0n,
    held,
  }
}

/** A closed trade as others write it down: net result in dollars, times in minutes. */
export interface PlainTrade {
  readonly pnl: number
  readonly entryMinutes?: number | undefined
  readonly exitMinutes?: number | undefined
}

/** The sums of a list of trades; throws on a number that is not finite. */
export function sumsOfTrades(trades: readonly PlainTrade[]): TradeSums {
  return trades.reduce<TradeSums>((sums, { pnl, entryMinutes = 0, exitMinutes = entryMinutes }) => {
    const added = sumsOfTrade(tradeResult(scaled(pnl, MONEY_DIGITS)), heldMinutes(entryMinutes, exitMinutes))
    return {
      trades: sums.trades + 1n,
      wins: sums.wins + added.wins,
      losses: sums.losses + added.losses,
      won: sums.won + added.won,
      lost: sums.lost + added.lost,
      held: sums.held + added.held,
    }
  }, NO_TRADES)
}

function heldMinutes(entry: number, exit: number): bigint {
  return divideHalfEven((scaled(exit, MONEY_DIGITS) - scaled(entry, MONEY_DIGITS)) * MINUTE_HELD, 10n ** 17n)
}

function scaled(value: number, digits: number): bigint {
  const parsed = parseScaled(value, digits)
  if (parsed === undefined) throw new RangeError(`not a finite number: ${value}`)
  return parsed
}

/** Number of trades. */
export function tradeCountOf({ trades }: TradeSums): MetricResult {
  return ok(Number(trades))
}

/** Share of the trades that won; break-even trades are in the denominator. */
export function winRateOf({ trades, wins, losses }: TradeSums): MetricResult {
  if (trades === 0n) return insufficient('no_trades')
  return ok(ratio(wins, trades), { n: Number(trades), wins: Number(wins), losses: Number(losses) })
}

/** What was won per dollar lost; 0 when there are only losses, undefined without any. */
export function profitFactorOf({ trades, losses, won, lost }: TradeSums): MetricResult {
  if (trades === 0n) return insufficient('no_trades')
  if (losses === 0n) return insufficient('no_losses')
  const sums = { won_usd: toNumber(won, RESULT_DIGITS), lost_usd: toNumber(lost, RESULT_DIGITS) }
  return ok(ratio(won, -lost), { n: Number(trades), ...sums })
}

/** Mean result of the winning trades, in dollars. */
export function avgWinOf({ trades, wins, won }: TradeSums): MetricResult {
  if (trades === 0n) return insufficient('no_trades')
  if (wins === 0n) return insufficient('no_wins')
  return ok(ratio(won, wins * ONE_DOLLAR), { n: Number(wins), total_usd: toNumber(won, RESULT_DIGITS) })
}

/** Mean result of the losing trades, in dollars: negative. */
export function avgLossOf({ trades, losses, lost }: TradeSums): MetricResult {
  if (trades === 0n) return insufficient('no_trades')
  if (losses === 0n) return insufficient('no_losses')
  return ok(ratio(lost, losses * ONE_DOLLAR), { n: Number(losses), total_usd: toNumber(lost, RESULT_DIGITS) })
}

/** Average win over the magnitude of the average loss. */
export function payoffRatioOf({ trades, wins, losses, won, lost }: TradeSums): MetricResult {
  if (trades === 0n) return insufficient('no_trades')
  if (wins === 0n) return insufficient('no_wins')
  if (losses === 0n) return insufficient('no_losses')
  const averages = {
    avg_win_usd: ratio(won, wins * ONE_DOLLAR),
    avg_loss_usd: ratio(lost, losses * ONE_DOLLAR),
  }
  return ok(ratio(won * losses, -lost * wins), { n: Number(trades), ...averages })
}

/** Mean result of all trades, in dollars. */
export function expectancyPerTradeOf({ trades, won, lost }: TradeSums): MetricResult {
  if (trades === 0n) return insufficient('no_trades')
  const total = won + lost
  return ok(ratio(total, trades * ONE_DOLLAR), { n: Number(trades), total_usd: toNumber(total, RESULT_DIGITS) })
}

/** Mean of the trades' own holding times, in minutes. */
export function avgHoldingMinutesOf({ trades, held }: TradeSums): MetricResult {
  if (trades === 0n) return insufficient('no_trades')
  return ok(ratio(held, trades * MINUTE_HELD), { n: Number(trades) })
}

/** Dollars traded per dollar of mean equity. */
export function turnoverOf(traded: number, meanEquity: number | undefined): MetricResult {
  if (meanEquity === undefined) return insufficient('no_equity')
  const meta = { traded_usd: traded, mean_equity_usd: meanEquity }
  return meanEquity > 0 ? ok(traded / meanEquity, meta) : insufficient('non_positive_equity', meta)
}
