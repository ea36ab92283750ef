import { SymbolLedger } from '../../../../src/compute/accumulators/symbol-ledger.js'
import type { Fill } from '../../../../src/compute/fills.js'
import { end, fill, ledgerOf, money, ONE, ORDINARY, quantity } from '../../../support/ledger.js'

describe('average cost', () => {
  test('of a long position that grows and is closed in parts', () => {
    const ledger = ledgerOf([
      fill('buy', 10, 100, 1),
      fill('buy', 30, 104, 2),
      fill('sell', 20, 105, 3),
      fill('sell', 20, 99, 4),
    ])
    expect(ledger.stateAt(2)).toMatchObject({ quantity: quantity(40), cost: money(4_120), realized: 0n })
    expect(ledger.stateAt(3)).toMatchObject({ quantity: quantity(20), cost: money(2_060), realized: money(40) })
    expect(ledger.stateAt(4)).toMatchObject({ quantity: 0n, cost: 0n, realized: money(40 - 80) })
    expect(end(ledger)).toMatchObject({ notional: money(1_000 + 3_120 + 2_100 + 1_980), fillCount: 4 })
  })

  test('of a short position has negative quantity and cost', () => {
    const ledger = ledgerOf([fill('sell', 10, 100, 1), fill('buy', 4, 90, 2), fill('buy', 6, 105, 3)])
    expect(ledger.stateAt(1)).toMatchObject({ quantity: -quantity(10), cost: -money(1_000) })
    expect(ledger.stateAt(2)).toMatchObject({ quantity: -quantity(6), cost: -money(600), realized: money(40) })
    expect(ledger.stateAt(3)).toMatchObject({ quantity: 0n, cost: 0n, realized: money(40 - 30) })
  })

  test.each([
    ['long', 'buy', 'sell', 1],
    ['short', 'sell', 'buy', -1],
  ] as const)(
    'a fill through zero closes the %s position, then opens the rest at its own price',
    (_, opens, closes, sign) => {
      const ledger = ledgerOf([fill(opens, 100, 10, 1), fill(closes, 150, 11, 2)])
      expect(end(ledger)).toMatchObject({
        quantity: BigInt(-sign) * quantity(50),
        cost: BigInt(-sign) * money(550),
        realized: BigInt(sign) * money(100),
      })
    },
  )

  test('takes the cost of a partial close half to even, and leaves the rest where it is', () => {
    // Cost 1 and 3 units of 10⁻¹⁷ a lot pair: half of each is a tie.
    const oddCosts = (notional: bigint) =>
      ledgerOf([
        fill('buy', 2, 0, 1, { notional }),
        fill('sell', 1, 0, 2, { notional: 10n }),
        fill('sell', 1, 0, 3, { notional: 10n }),
      ])
    expect(oddCosts(1n).stateAt(2)).toMatchObject({ cost: 1n, realized: 10n })
    expect(oddCosts(3n).stateAt(2)).toMatchObject({ cost: 1n, realized: 8n })
    expect(oddCosts(1n).stateAt(3)).toMatchObject({ cost: 0n, realized: 19n })
    expect(oddCosts(3n).stateAt(3)).toMatchObject({ cost: 0n, realized: 17n })
  })

  test.each([
    [25n, 12n],
    [27n, 14n],
  ])('splits the value of a fill through zero by quantity, half to even: %s', (notional, closing) => {
    const ledger = ledgerOf([fill('buy', 1, 0, 1, { notional: 10n }), fill('sell', 2, 0, 2, { notional })])
    expect(end(ledger)).toMatchObject({
      quantity: -quantity(1),
      cost: closing - notional,
      realized: closing - 10n,
    })
  })
})

describe('lot size', () => {
  test('what is left below it is flat, and its cost is realised', () => {
    const ledger = ledgerOf([fill('buy', 1, 100, 1), fill('sell', 0.9, 110, 2)], {
      multiplier: ONE,
      lotSize: quantity(0.2),
    })
    expect(end(ledger)).toMatchObject({ quantity: 0n, cost: 0n, realized: money(99 - 100) })
  })

  test('exactly one lot is held', () => {
    const ledger = ledgerOf([fill('buy', 1, 100, 1), fill('sell', 0.8, 110, 2)], {
      multiplier: ONE,
      lotSize: quantity(0.2),
    })
    expect(end(ledger)).toMatchObject({ quantity: quantity(0.2), cost: money(20), realized: money(8) })
  })

  test('a fill through zero by less than a lot leaves nothing', () => {
    const ledger = ledgerOf([fill('buy', 1, 100, 1), fill('sell', 1.1, 110, 2)], {
      multiplier: ONE,
      lotSize: quantity(0.2),
    })
    expect(end(ledger)).toMatchObject({ quantity: 0n, cost: 0n, realized: money(21) })
  })

  test('without one the smallest quantity there is counts', () => {
    const ledger = ledgerOf([fill('buy', 1, 100, 1), fill('sell', 1, 100, 2, { quantity: ONE - 1n })])
    expect(end(ledger).quantity).toBe(1n)
  })
})

describe('multiplier', () => {
  test('is in cost, notional and result', () => {
    const ledger = ledgerOf([fill('buy', 2, 4_000, 1), fill('sell', 1, 4_001, 2)], {
      multiplier: 50n * ONE,
      lotSize: ONE,
    })
    expect(end(ledger)).toMatchObject({ cost: money(200_000), realized: money(50), notional: money(600_050) })
  })

  test('may be a fraction', () => {
    const ledger = ledgerOf([fill('buy', 1, 0, 1, { notional: 5n })], { multiplier: ONE / 2n, lotSize: 1n })
    expect(end(ledger).cost).toBe(2n)
  })

  test('learnt late redoes everything', () => {
    const ledger = ledgerOf([fill('buy', 2, 100, 1), fill('sell', 1, 101, 2)])
    expect(ledger.revalue({ multiplier: 10n * ONE, lotSize: 1n })).toBe(true)
    expect(end(ledger)).toMatchObject({ cost: money(1_000), realized: money(10) })
    expect(ledger.revalue({ multiplier: 10n * ONE, lotSize: 1n })).toBe(false)
  })
})

describe('order of events', () => {
  test('is time, submit time, execution id, fill id', () => {
    const parts: Fill[] = [
      fill('buy', 1, 1, 5, { executionId: 'z', fillId: 'z', submittedAt: 9 }),
      fill('buy', 2, 1, 6, { executionId: 'b', fillId: 'b', submittedAt: 2 }),
      fill('buy', 4, 1, 6, { executionId: 'c', fillId: 'a', submittedAt: 1 }),
      fill('buy', 8, 1, 6, { executionId: 'a', fillId: 'c', submittedAt: 2 }),
      fill('buy', 16, 1, 6, { executionId: 'b', fillId: 'a', submittedAt: 2 }),
    ]
    const ledger = ledgerOf(parts)
    expect(ledger.firstFillAt).toBe(5)
    expect(ledger.lastAt).toBe(6)
    expect(ledger.lastFillAt(5)?.executionId).toBe('z')
    expect(ledger.lastFillAt(6)).toMatchObject({ executionId: 'b', fillId: 'b' })
  })

  test('decides what a flip closes: selling first at one instant is another history', () => {
    const sellFirst = [fill('sell', 1, 10, 1, { executionId: 'a' }), fill('buy', 1, 12, 1, { executionId: 'b' })]
    expect(end(ledgerOf(sellFirst)).realized).toBe(-money(2))
    const ledger = ledgerOf([...sellFirst].reverse())
    expect(end(ledger).realized).toBe(-money(2))
    expect(ledger.stateAt(1).quantity).toBe(0n)
  })
})

describe('reading at an instant', () => {
  const ledger = ledgerOf([fill('buy', 1, 10, 1_000), fill('buy', 1, 12, 2_000)])

  test('includes everything stamped with it', () => {
    expect(ledger.stateAt(999).quantity).toBe(0n)
    expect(ledger.stateAt(1_000).quantity).toBe(quantity(1))
    expect(ledger.stateAt(1_999).quantity).toBe(quantity(1))
    expect(ledger.stateAt(2_000).quantity).toBe(quantity(2))
  })

  test('tells when it will be another one', () => {
    expect(ledger.nextChangeAfter(0)).toBe(1_000)
    expect(ledger.nextChangeAfter(1_000)).toBe(2_000)
    expect(ledger.nextChangeAfter(2_000)).toBe(Number.POSITIVE_INFINITY)
  })

  test('finds the newest own fill', () => {
    expect(ledger.lastFillAt(999)).toBeUndefined()
    expect(ledger.lastFillAt(1_500)?.at).toBe(1_000)
  })

  test('of an empty ledger is nothing', () => {
    const empty = new SymbolLedger(ORDINARY)
    expect(end(empty)).toMatchObject({ quantity: 0n, cost: 0n, realized: 0n, fillCount: 0 })
    expect(empty.firstFillAt).toBeUndefined()
    expect(empty.lastAt).toBe(Number.NEGATIVE_INFINITY)
  })
})
