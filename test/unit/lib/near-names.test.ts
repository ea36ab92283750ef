import fc from 'fast-check'
import { nearNames } from '../../../src/lib/near-names.js'

describe('near names', () => {
  test('find a letter too many, too few, wrong, or two swapped', () => {
    for (const name of ['calendaar', 'calndar', 'calandar', 'claendar'])
      expect(nearNames(name, ['calendar', 'accounts'])).toEqual(['calendar'])
  })

  test('count a swap as one mistake, so that three letters may hold one', () => {
    expect(nearNames('lgo', ['log', 'api'])).toEqual(['log'])
    expect(nearNames('gol', ['log'])).toEqual([])
  })

  test('come nearest first, then in alphabetical order', () => {
    expect(nearNames('cost_bp', ['most_bps', 'cost_bps', 'cost_cps', 'lost_bps'])).toEqual([
      'cost_bps',
      'cost_cps',
      'lost_bps',
    ])
  })

  test('do not mind case or the sign between words', () => {
    expect(nearNames('Momentum-One', ['momentum_one'])).toEqual(['momentum_one'])
  })

  test('also hold what the name is a part of, after mistyped ones, the shorter first', () => {
    expect(nearNames('pnl_usd', ['quant_realized_pnl_usd', 'quant_net_pnl_usd', 'pnl_usdt', 'quant_cost_usd'])).toEqual(
      ['pnl_usdt', 'quant_net_pnl_usd', 'quant_realized_pnl_usd'],
    )
  })

  test('are none when nothing is near: one mistake in three letters is the most, four altogether', () => {
    expect(nearNames('sharpe', ['turnover', 'hhi'])).toEqual([])
    expect(nearNames('abcdefghijkl', ['wxyzefghijkl'])).toEqual(['wxyzefghijkl'])
    expect(nearNames('abcdefghijklmnopqr', ['vwxyzfghijklmnopqr'])).toEqual([])
    expect(nearNames('6f1f2a0c-0b8e-4c58-a38d-2f1f4a9d7c11', ['f3c9d1b7-7a62-4e0d-9b14-8de5c6a2e0f4'])).toEqual([])
    expect(nearNames('', ['a', 'ab'])).toEqual([])
  })

  test('are as many as asked for, three unless told', () => {
    const candidates = ['net_pnl1', 'net_pnl2', 'net_pnl3', 'net_pnl4']
    expect(nearNames('net_pnl', candidates)).toEqual(['net_pnl1', 'net_pnl2', 'net_pnl3'])
    expect(nearNames('net_pnl', candidates, 1)).toEqual(['net_pnl1'])
  })

  test('of a text longer than any name are none', () => {
    expect(nearNames('a'.repeat(129), ['a'.repeat(128)])).toEqual([])
    expect(nearNames('a'.repeat(128), ['a'.repeat(127)])).toEqual(['a'.repeat(127)])
  })

  test('hold every candidate that the name equals, first, and nothing twice', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z_]{3,20}$/), { minLength: 1 }), (candidates) => {
        const [first = ''] = candidates
        const near = nearNames(first, [...candidates, ...candidates], candidates.length)
        expect(near[0]).toBe(first)
        expect(new Set(near).size).toBe(near.length)
      }),
    )
  })
})
