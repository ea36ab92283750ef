import { MONEY_DIGITS, type MoneyE17, toNumber } from '../domain/exact.js'
import type { Meta, MetricResult, Reason } from '../domain/metric.js'
import type { Unknown } from './valuation.js'

export function ok(value: number, meta?: Meta): MetricResult {
  return meta === undefined ? { status: 'ok', value } : { status: 'ok', value, meta }
}

export function okMoney(value: MoneyE17, meta?: Meta): MetricResult {
  return ok(toNumber(value, MONEY_DIGITS), meta)
}

export function insufficient(reason: Reason, meta?: Meta): MetricResult {
  return meta === undefined ? { status: 'insufficient_data', reason } : { status: 'insufficient_data', reason, meta }
}

/** The result that follows from what could not be worked out; meta names the symbols that prevent it. */
export function unknown(valuation: Unknown): MetricResult {
  const { reason, symbols, meta } = valuation
  return insufficient(reason, symbols.length > 0 ? { ...meta, symbols: [...symbols].sort() } : meta)
}

/** Equal in value, status and reason; what is said about a value may differ. */
export function sameResult(a: MetricResult | undefined, b: MetricResult | undefined): boolean {
  if (a === undefined || b === undefined || a.status !== b.status) return a === b
  if (a.status === 'ok') return b.status === 'ok' && Object.is(a.value, b.value)
  return b.status !== 'ok' && a.reason === b.reason
}
