import fc from 'fast-check'
import { type Opening, SymbolLedger } from '../../../../src/compute/accumulators/symbol-ledger.js'
import { NO_COSTS } from '../../../../src/compute/costs.js'
import type { Fill } from '../../../../src/compute/fills.js'
import { end, fill, ledgerOf, money, ORDINARY, quantity } from '../../../support/ledger.js'

describe('an opening', () => {
  const takeover: Opening = {
    kind: 'snapshot',
    at: 10,
    quantity: quantity(110),
    cost: money(10_890),
    unrealized: money(55),
  }

  test('taken over from a snapshot: fills up to it move no position, and count as traded', () => {
    const ledger = ledgerOf(
      [fill('buy', 10, 101, 5), fill('buy', 1, 101, 10), fill('sell', 110, 100, 20)],
      ORDINARY,
      takeover,
    )
    expect(ledger.stateAt(9)).toMatchObject({ quantity: 0n, notional: money(1_010), fillCount: 1 })
    expect(ledger.stateAt(10)).toMatchObject({
      quantity: quantity(110),
      cost: money(10_890),
      takenOver: money(55),
      fillCount: 2,
    })
    expect(end(ledger)).toMatchObject({ quantity: 0n, realized: money(110), fillCount: 3 })
    expect(ledger.filledUpTo(10)).toBe(quantity(11))
  })

  test('contains the fills of its own instant: they realise nothing', () => {
    const ledger = ledgerOf([fill('buy', 1, 100, 10), fill('sell', 1, 101, 10)], ORDINARY, takeover)
    expect(ledger.stateAt(10)).toMatchObject({ quantity: quantity(110), realized: 0n, notional: money(201) })
  })

  test('is the same whether it or the fills were known first', () => {
    const fills = [fill('buy', 10, 101, 5), fill('buy', 1, 101, 10), fill('sell', 110, 100, 20)]
    const late = ledgerOf([...fills].reverse())
    late.open(takeover)
    for (const at of [4, 5, 9, 10, 19, 20])
      expect(late.stateAt(at)).toEqual(ledgerOf(fills, ORDINARY, takeover).stateAt(at))
  })

  test('can be taken back', () => {
    const fills = [fill('buy', 10, 101, 5), fill('sell', 4, 100, 20)]
    const ledger = ledgerOf(fills, ORDINARY, takeover)
    ledger.open({ kind: 'flat' })
    expect(end(ledger)).toEqual(end(ledgerOf(fills)))
  })

  test('unknown until a snapshot shows it flat: nothing is held before, all is known after', () => {
    const ledger = ledgerOf([fill('buy', 10, 101, 5), fill('sell', 3, 100, 20), fill('buy', 1, 99, 30)], ORDINARY, {
      kind: 'unknown',
      until: 20,
    })
    expect(ledger.isUnknownAfter(19)).toBe(true)
    expect(ledger.isUnknownAfter(20)).toBe(false)
    expect(ledger.stateAt(20)).toMatchObject({ quantity: 0n, realized: 0n, notional: money(1_310) })
    expect(end(ledger)).toMatchObject({ quantity: quantity(1), cost: money(99) })
  })

  test('unknown for good never holds anything', () => {
    const ledger = ledgerOf([fill('buy', 10, 101, 5)], ORDINARY, { kind: 'unknown', until: undefined })
    expect(ledger.isUnknownAfter(1e15)).toBe(true)
    expect(end(ledger)).toMatchObject({ quantity: 0n, notional: money(1_010) })
  })
})

describe('guarantees', () => {
  const generated = fc.array(
    fc.record({
      isBuy: fc.boolean(),
      lots: fc.integer({ min: 1, max: 9 }),
      notional: fc.bigInt(1n, 10n ** 20n),
      at: fc.integer({ min: 0, max: 20 }),
      order: fc.integer({ min: 0, max: 5 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  const fillsOf = (specs: typeof generated extends fc.Arbitrary<infer Value> ? Value : never): Fill[] =>
    specs.map(({ isBuy, lots, notional, at, order }, index) => ({
      executionId: `e${order}`,
      fillId: `f${index}`,
      at,
      submittedAt: order,
      side: isBuy ? 'buy' : 'sell',
      quantity: BigInt(lots),
      notional,
      costs: { ...NO_COSTS, order_records: BigInt(index) },
    }))

  test('a flat symbol has cost 0, and its realised results are its cash', () => {
    fc.assert(
      fc.property(generated, (specs) => {
        const fills = fillsOf(specs)
        const open = fills.reduce((sum, one) => sum + (one.side === 'buy' ? one.quantity : -one.quantity), 0n)
        const closing: Fill = {
          executionId: 'last',
          fillId: 'last',
          at: 99,
          submittedAt: 99,
          side: open > 0n ? 'sell' : 'buy',
          quantity: open < 0n ? -open : open,
          notional: 777n,
          costs: NO_COSTS,
        }
        const all = open === 0n ? fills : [...fills, closing]
        const cash = all.reduce((sum, one) => sum + (one.side === 'sell' ? one.notional : -one.notional), 0n)
        expect(end(ledgerOf(all))).toMatchObject({ quantity: 0n, cost: 0n, realized: cash })
      }),
      { numRuns: 300 },
    )
  })

  test('arrival does not matter, nor do fills that came and were replaced', () => {
    fc.assert(
      fc.property(generated, generated, fc.array(fc.nat()), (specs, otherSpecs, keys) => {
        const fills = fillsOf(specs)
        const others = fillsOf(otherSpecs).map((one) => ({ ...one, executionId: `other ${one.executionId}` }))
        const shuffled = fills
          .map((one, index) => ({ one, key: keys[index] ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one)
        const ledger = new SymbolLedger(ORDINARY)
        for (const one of others) ledger.replace([], [one])
        for (const one of shuffled) ledger.replace([], [one])
        for (const one of others) ledger.replace([one], [])
        const plain = ledgerOf(fills)
        for (let at = -1; at <= 21; at += 1) expect(ledger.stateAt(at)).toEqual(plain.stateAt(at))
      }),
      { numRuns: 200 },
    )
  })
})
