import type { Fact } from '../../../src/domain/facts.js'
import { bar, decision, filled, instant, instrument, snapshot, strategy } from '../facts.js'

/** Books of which something is not known, or nothing happened: what each metric says where it has no value, or 0. */

export const MISSING_AT = instant('2026-07-15T12:00:00-04:00')

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const shown = (time: string, account: string, qty: number, raw: Readonly<Record<string, unknown>> = {}) =>
  snapshot(at(time), [{ symbol: 'AAA', qty, mark: 20, avg_entry_price: 20 }], { account, ...raw })

export const WHAT_IS_MISSING: readonly Fact[] = [
  strategy({ accounts: ['rests', 'never seen', 'no price', 'foreign', 'bought elsewhere', 'split', 'ruined'] }),
  strategy({ strategy_id: 's2', name: 'two', accounts: ['whose'] }),
  instrument({ symbol: 'EURX', currency: 'EUR' }),
  snapshot(at('11:00:00'), [], { account: 'rests' }),
  decision({ account: 'never seen', at: at('11:59:00') }),
  filled({ account: 'no price', at: at('10:00:00'), side: 'buy', qty: 5, price: 20 }),
  filled({ account: 'no price', at: at('11:59:00'), side: 'sell', qty: 4, price: 21 }),
  filled({ account: 'foreign', at: at('11:58:00'), side: 'buy', qty: 5, price: 20, symbol: 'EURX' }),
  shown('09:40:00', 'whose', 500),
  filled({ account: 'whose', at: at('10:00:00'), side: 'buy', qty: 1, price: 20 }),
  filled({ account: 'whose', at: at('10:00:01'), side: 'buy', qty: 1, price: 20, strategy_id: 's2' }),
  shown('10:00:20', 'whose', 502),
  shown('09:40:00', 'bought elsewhere', 10),
  filled({ account: 'bought elsewhere', at: at('10:00:00'), side: 'buy', qty: 5, price: 21 }),
  ...['10:01:00', '10:02:00', '10:03:00'].map((time) => shown(time, 'bought elsewhere', 40)),
  filled({ account: 'bought elsewhere', at: at('11:00:00'), side: 'sell', qty: 25, price: 22, costs: '0.5' }),
  filled({ account: 'split', at: at('10:00:00'), side: 'buy', qty: 10, price: 200 }),
  ...['10:01:00', '10:02:00', '10:03:00'].map((time) => shown(time, 'split', 100)),
  filled({ account: 'ruined', at: at('10:00:00'), side: 'buy', qty: 10, price: 20 }),
  snapshot(at('10:01:00'), [], { account: 'ruined', equity: 1_000 }),
  snapshot(at('10:02:00'), [], { account: 'ruined', equity: -10 }),
  snapshot(at('10:03:00'), [], { account: 'ruined', equity: 500 }),
  bar('AAA', at('11:59:30'), 23),
]
