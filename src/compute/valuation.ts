import type { Meta, Reason } from '../domain/metric.js'

/** A value, or the reason why there is none: never a partial sum. */
export type Valuation<Value> = { readonly known: true; readonly value: Value } | Unknown

export interface Unknown {
  readonly known: false
  readonly reason: Reason
  /** The symbols that prevent it, if it is about symbols. */
  readonly symbols: readonly string[]
  readonly meta?: Meta
}

export function known<Value>(value: Value): Valuation<Value> {
  return { known: true, value }
}
