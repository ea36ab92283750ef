import { factCountsOf } from '../../../src/compute/fact-counts.js'
import { Portfolio } from '../../../src/compute/portfolio.js'
import type { BookFact } from '../../../src/compute/waiting-facts.js'
import type { Fact } from '../../../src/domain/facts.js'
import { identityFieldsOf } from '../../../src/domain/identity.js'
import { ONLY_SHARD, ShardOwnership } from '../../../src/domain/shards.js'
import { countedDictionary } from '../../support/counted.js'
import {
  answered,
  applyAll,
  bookOf,
  briefsAt,
  CALENDARS,
  createEngine,
  framesAt,
  resultsOf,
  SETTINGS,
} from '../../support/engine.js'
import { bar, fact, filled, instant, order, snapshot, strategy } from '../../support/facts.js'
import { follow } from '../../support/follow.js'

/** METRICS section 1, "Rebase", and fine print 1 and 15; SOURCES, "Traps". */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const NOW = at('11:00:00')

/** What each snapshot shows of AAA: a quantity, at 100 on the average and 110 now unless the test says more. */
const shows = (qty: number | string, ...times: readonly string[]) => showing({ qty }, ...times)
function showing(position: object, ...times: readonly string[]): Fact[] {
  return times.map((time) =>
    snapshot(at(time), [{ symbol: 'AAA', avg_entry_price: 100, mark: 110, ...position }], { equity: 100_000 }),
  )
}

const bought = filled({ at: at('09:35:00'), side: 'buy', qty: 10, price: 100 })
const BEFORE = [bought, ...shows(10, '09:40:00')]

describe('three snapshots in a row that differ from the ledger', () => {
  const gone = shows(0, '10:00:00', '10:00:15', '10:00:30')

  test('close a position at the mark of the third', () => {
    expect(briefsAt(NOW, [...BEFORE, ...gone])).toMatchObject({
      realized_pnl: 100,
      gross_pnl: 100,
      open_positions: 0,
      traded_notional: 1_000,
    })
  })

  test('book at a fresh bar where there is one', () => {
    const bars = [bar('AAA', at('10:00:29'), 112), bar('AAA', at('10:00:31'), 500)]
    expect(briefsAt(NOW, [...BEFORE, ...gone, ...bars]).realized_pnl).toBe(120)
  })

  test('say how much of the realised result they are', () => {
    const { realized_pnl } = resultsOf(bookOf(framesAt(NOW, [...BEFORE, ...gone])))
    expect(realized_pnl?.meta).toEqual({ fill_count: 1, rebased_usd: 100 })
  })

  test('are three: two do nothing', () => {
    expect(briefsAt(NOW, [...BEFORE, ...gone.slice(0, 2)])).toMatchObject({ realized_pnl: 0, open_positions: 1 })
  })

  test('are three of one quantity', () => {
    const facts = [...BEFORE, ...shows(0, '10:00:00', '10:00:15'), ...shows(3, '10:00:30')]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 0 })
  })

  test('are three in a row: one that agrees begins anew', () => {
    const facts = [...BEFORE, ...shows(0, '10:00:00', '10:00:15'), ...shows(10, '10:00:30'), ...shows(0, '10:00:45')]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 0, open_positions: 1 })
  })

  test('are no result in dollars where the symbol is quoted in something else', () => {
    const facts = [fact('instrument', { symbol: 'AAA', at: 0, currency: 'EUR' }), ...BEFORE, ...gone]
    expect(briefsAt(NOW, facts, { window: '1h' })).toMatchObject({ realized_pnl: 'currency', traded_notional: 0 })
  })

  test('are something that happens: a book that was only adjusted is not flat', () => {
    const sold = filled({ at: at('09:36:00'), side: 'sell', qty: 10, price: 100 })
    const held = shows(10, '10:50:00', '10:50:15', '10:50:30')
    const soldAgain = showing({ qty: 0, mark: 120 }, '10:55:00', '10:55:15', '10:55:30')
    const facts = [bought, sold, ...shows(0, '09:40:00'), ...held, bar('AAA', at('10:55:29'), 120), ...soldAgain]
    expect(briefsAt(NOW, facts, { window: '15m' })).toMatchObject({ realized_pnl: 100, gross_pnl: 100, net_pnl: 100 })
  })

  test('open what was bought elsewhere at the mark', () => {
    const facts = [...BEFORE, ...shows(30, '10:00:00', '10:00:15', '10:00:30')]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 0, unrealized_pnl: 100, gross_exposure: 3_300 })
  })

  test('turn a position round: the old one is closed, the rest opened', () => {
    const facts = [...BEFORE, ...shows(-5, '10:00:00', '10:00:15', '10:00:30')]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 100, unrealized_pnl: 0, net_exposure: -550 })
  })

  test('are compared at their own time each, so a fill between them may explain the difference', () => {
    const sold = filled({ at: at('10:00:20'), side: 'sell', qty: 10, price: 110 })
    const { realized_pnl } = resultsOf(bookOf(framesAt(NOW, [...BEFORE, ...gone, sold])))
    expect(realized_pnl?.meta).toEqual({ fill_count: 2 })
  })

  test('leave dust alone that is less than a lot', () => {
    const lots = fact('instrument', { symbol: 'AAA', lot_size: 1, at: 0 })
    const facts = [lots, ...BEFORE, ...shows('10.4', '10:00:00', '10:00:15', '10:00:30')]
    const sold = filled({ at: at('10:10:00'), side: 'sell', qty: '10.4', price: 110 })
    const dust = shows('0.4', '10:20:00', '10:20:15', '10:20:30', '10:20:45')
    expect(briefsAt(NOW, [...facts, sold, ...dust])).toMatchObject({ open_positions: 0, realized_pnl: 100 })
  })
})

describe('the ledger stays as it is', () => {
  const gone = shows(0, '10:00:00', '10:00:15', '10:00:30')

  test('where another book had an order in the account before', () => {
    const theirs = order({ execution_id: 'x', strategy_id: 's2', symbol: 'BBB', submitted_at: at('10:00:29') })
    expect(briefsAt(NOW, [...BEFORE, ...gone, theirs])).toMatchObject({ realized_pnl: 0, open_positions: 1 })
    const later = { ...theirs, submittedAt: at('10:00:31') }
    expect(briefsAt(NOW, [...BEFORE, ...gone, later])).toMatchObject({ realized_pnl: 100, open_positions: 0 })
  })

  test('where the position is of a symbol that nobody traded', () => {
    const foreign = showing({ symbol: 'ZZZ', qty: 5 }, '10:00:00', '10:00:15', '10:00:30')
    expect(briefsAt(NOW, [filled({ at: at('09:35:00'), side: 'buy', qty: 1, price: 1 }), ...foreign])).toMatchObject({
      gross_exposure: 0,
    })
  })

  test('while an order of the symbol younger than a day is open, and is taken over at the first snapshot after that', () => {
    const open = order({ execution_id: 'young', submitted_at: at('09:50:00') })
    expect(briefsAt(NOW, [...BEFORE, ...gone, open])).toMatchObject({ realized_pnl: 0, open_positions: 1 })
    const cancelled = { ...open, status: 'canceled', endedAt: at('10:00:40') }
    const more = showing({ qty: 0 }, '10:00:45', '10:01:00')
    expect(briefsAt(NOW, [...BEFORE, ...gone, ...more, cancelled, bar('AAA', at('10:00:44'), 111)])).toMatchObject({
      realized_pnl: 110,
      open_positions: 0,
    })
  })

  test('and an older open order does not hold it up', () => {
    const old = order({ execution_id: 'old', submitted_at: at('10:00:30') - 86_400_000 })
    expect(briefsAt(NOW, [...BEFORE, ...gone, old]).realized_pnl).toBe(100)
  })
})

describe('a split', () => {
  test('scenario 14: ten to one overnight is taken over without a result', () => {
    const thursday = (time: string) => instant(`2026-07-16T${time}-04:00`)
    const after = ['09:30:05', '09:30:20', '09:30:35'].map((time) =>
      snapshot(thursday(time), [{ symbol: 'AAA', qty: 100, avg_entry_price: 100, mark: 105 }]),
    )
    const facts = [
      filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 1_000 }),
      snapshot(at('10:00:10'), [{ symbol: 'AAA', qty: 10, avg_entry_price: 1_000, mark: 1_000 }]),
      snapshot(at('15:59:50'), [{ symbol: 'AAA', qty: 10, avg_entry_price: 1_000, mark: 1_050 }]),
      ...after,
    ]
    const results = briefsAt(thursday('09:31:00'), facts)
    expect(results).toMatchObject({ realized_pnl: 0, unrealized_pnl: 500, gross_exposure: 10_500, equity: 100_000 })
    expect(results).toMatchObject({ cumulative_return: 0, max_drawdown: 0 })
    expect(briefsAt(thursday('09:31:00'), facts, { window: '5d' }).gross_pnl).toBe(500)
  })

  test('costs as much as before within half a per cent, and the rounding is nobody’s result', () => {
    const facts = (price: number) => [
      ...BEFORE,
      ...showing({ qty: 30, avg_entry_price: price, mark: 40 }, '10:00:00', '10:00:15', '10:00:30'),
    ]
    expect(briefsAt(NOW, facts(33.4))).toMatchObject({ realized_pnl: 0, gross_pnl: 200, unrealized_pnl: 198 })
    // 33.6 × 30 is 0.8 % more than the 1 000 that were paid: no split, so 20 were bought at the mark.
    expect(briefsAt(NOW, facts(33.6))).toMatchObject({ realized_pnl: 0, gross_pnl: -600, unrealized_pnl: -600 })
  })

  test('changes the quantity by more than five per cent of the ledger’s', () => {
    const near = showing({ qty: '10.5', avg_entry_price: '95.24' }, '10:00:00', '10:00:15', '10:00:30')
    expect(briefsAt(NOW, [...BEFORE, ...near]).unrealized_pnl).toBe(100)
    const far = showing({ qty: '10.6', avg_entry_price: '94.34' }, '10:00:00', '10:00:15', '10:00:30')
    expect(briefsAt(NOW, [...BEFORE, ...far]).unrealized_pnl).toBe(165.996)
  })

  test('of a short is one as well', () => {
    const short = [filled({ at: at('09:35:00'), side: 'sell', qty: 10, price: 100 }), ...shows(-10, '09:40:00')]
    const after = showing({ qty: -20, avg_entry_price: 50, mark: 55 }, '10:00:00', '10:00:15', '10:00:30')
    expect(briefsAt(NOW, [...short, ...after])).toMatchObject({ realized_pnl: 0, unrealized_pnl: -100 })
  })

  test('without an average price is judged by the mark of the snapshot', () => {
    const after = showing({ qty: 20, avg_entry_price: null, mark: 50 }, '10:00:00', '10:00:15', '10:00:30')
    expect(briefsAt(NOW, [...BEFORE, ...after])).toMatchObject({ realized_pnl: 0, unrealized_pnl: 0 })
  })
})

describe('a fee in kind', () => {
  const crypto = { calendars: { s1: '24x7' } } as const
  const coin = (qty: string, ...times: readonly string[]) => showing({ qty, avg_entry_price: 100, mark: 120 }, ...times)
  const coins = [filled({ at: at('09:35:00'), side: 'buy', qty: 1, price: 100 }), ...coin('1', '09:40:00')]
  const fee = coin('0.9975', '10:00:00', '10:00:15', '10:00:30')

  test('is a cost at the mark: what is missing is sold and given away', () => {
    expect(briefsAt(NOW, [...coins, ...fee], crypto)).toMatchObject({
      realized_pnl: 0.05,
      unrealized_pnl: 19.95,
      gross_pnl: 20,
      cost_total: 0.3,
      net_pnl: 19.7,
      traded_notional: 100,
      cost_bps: 'no_cost_source',
    })
  })

  test('in a coin that is not quoted in dollars is no cost in dollars', () => {
    const facts = [fact('instrument', { symbol: 'AAA', at: 0, currency: 'EUR' }), ...coins, ...fee]
    expect(briefsAt(NOW, facts, crypto)).toMatchObject({ cost_total: 'currency' })
  })

  test('of more than half a per cent of the round trip is a rebase', () => {
    const facts = [...coins, ...coin('0.9949', '10:00:00', '10:00:15', '10:00:30')]
    expect(briefsAt(NOW, facts, crypto)).toMatchObject({ cost_total: 0, realized_pnl: 0.102 })
  })

  test('is measured by the largest quantity of the round trip', () => {
    const sold = filled({ at: at('09:50:00'), side: 'sell', qty: '0.5', price: 100 })
    const facts = [...coins, sold, ...coin('0.495', '10:00:00', '10:00:15', '10:00:30')]
    expect(briefsAt(NOW, facts, crypto).cost_total).toBe(0.6)
  })

  test('takes, and never gives', () => {
    const facts = [...coins, ...coin('1.0025', '10:00:00', '10:00:15', '10:00:30')]
    expect(briefsAt(NOW, facts, crypto)).toMatchObject({ cost_total: 0, net_pnl: 20 })
  })

  test('is none where markets close', () => {
    expect(briefsAt(NOW, [...coins, ...fee])).toMatchObject({ cost_total: 0, realized_pnl: 0.05 })
  })

  test('may take the last of a coin', () => {
    const sold = filled({ at: at('09:50:00'), side: 'sell', qty: '0.9975', price: 120 })
    const facts = [...coins, sold, ...coin('0', '10:00:00', '10:00:15', '10:00:30')]
    expect(briefsAt(NOW, facts, crypto)).toMatchObject({ open_positions: 0, cost_total: 0.3, net_pnl: 19.7 })
  })

  test('is what the first snapshot leaves unexplained within half a per cent, once three show it', () => {
    const facts = [coins[0], ...coin('0.9975', '09:40:00', '09:40:15', '09:40:30')] as Fact[]
    expect(briefsAt(NOW, facts, crypto)).toMatchObject({ cost_total: 0.3, net_pnl: 19.7 })
  })
})

test('a strategy that turns out to trade around the clock has its differences judged anew', () => {
  const coin = (qty: string, ...times: readonly string[]) => showing({ qty, mark: 120 }, ...times)
  const coins = [filled({ at: at('09:35:00'), side: 'buy', qty: 1, price: 100 }), ...coin('1', '09:40:00')]
  const { last } = follow([
    [[...coins, ...coin('0.9975', '10:00:00', '10:00:15', '10:00:30')], at('10:30:00')],
    [[strategy({ calendar: '24x7' })], at('10:30:01')],
  ])
  expect(resultsOf(bookOf(last)).cost_total).toMatchObject({ value: 0.3 })
})

describe('what comes late', () => {
  const gone = shows(0, '10:00:00', '10:00:15', '10:00:30')
  const closed = [...BEFORE, ...gone]
  const sold = filled({ at: at('09:55:00'), side: 'sell', qty: 10, price: 105 })

  test('prices a rebase before the first fill: the bar that comes after the rows', () => {
    const none = ['10:00:00', '10:00:15', '10:00:30'].map((time) => snapshot(at(time)))
    const sold = filled({ at: at('10:05:00'), side: 'sell', qty: 1, price: 90 })
    const facts = [...showing({ qty: -3, mark: null }, '09:40:00'), ...none, sold, bar('AAA', at('10:00:20'), 110)]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: -30, gross_exposure: 90 })
  })

  describe('after rows that nobody could price', () => {
    const none = (...times: readonly string[]) => times.map((time) => snapshot(at(time)))
    const unpriced = [
      ...showing({ qty: -3, mark: null }, '09:40:00'),
      ...none('10:00:00', '10:00:15', '10:00:30', '10:00:45', '10:01:00', '10:01:15'),
    ]
    const bought = filled({ at: at('10:05:00'), side: 'buy', qty: 1, price: 90 })

    test('leaves alone what it cannot price: a bar of later', () => {
      const { dictionary, take } = countedDictionary()
      const evening = at('20:00:00')
      const engine = createEngine({ startAt: evening, dictionary })
      const flat = none('10:06:00', '10:06:15', '10:06:30')
      applyAll(engine, [...unpriced, bought, ...flat])
      engine.tick(evening, answered(evening))
      expect(engine.factCounts.rebases).toBe(1)
      engine.tick(evening + 1_000, answered(evening))
      take()
      engine.apply([bar('AAA', evening + 1_500, 80)])
      engine.tick(evening + 2_000, answered(evening))
      expect(take()).toEqual([])
    })

    test('prices the first that it can', () => {
      follow([
        [[...unpriced, bought], at('10:06:00')],
        [[bar('AAA', at('10:00:50'), 110)], at('10:06:01')],
        [[bar('AAA', at('10:00:20'), 100)], at('10:06:02')],
      ])
    })

    test('a snapshot begins a row of its own, whether the one before has been looked at or not', () => {
      const first = unpriced.slice(0, 4)
      follow([
        [[...first, bought], at('10:06:00')],
        [[bar('AAA', at('10:00:40'), 110)], at('10:06:01')],
        [unpriced.slice(4, 5), at('10:06:02')],
        [unpriced.slice(5), at('10:06:03')],
      ])
    })
  })

  test('undoes a rebase: the fill that explains it', () => {
    follow([
      [closed, at('10:30:00')],
      [[sold], at('10:30:01')],
    ])
    expect(briefsAt(NOW, [...closed, sold])).toMatchObject({ realized_pnl: 50, open_positions: 0 })
  })

  test('does one: the snapshot that was missing, the order that was cancelled, a later bar', () => {
    const open = order({ execution_id: 'young', submitted_at: at('09:50:00') })
    follow([
      [BEFORE, at('09:50:00')],
      [[gone[0], gone[2]] as Fact[], at('10:00:31')],
      [[gone[1]] as Fact[], at('10:00:32')],
      [[bar('AAA', at('10:00:28'), 111)], at('10:00:35')],
      [[open], at('10:00:36')],
      [[{ ...open, status: 'canceled', endedAt: at('09:51:00') }], at('10:00:37')],
      [[bar('AAA', at('10:00:29'), 112)], at('11:30:00')],
    ])
  })

  test('between two snapshots that show the same leaves the later one what it was', () => {
    const facts = [...BEFORE, ...shows(0, '10:00:00', '10:00:45'), ...shows(10, '10:00:15', '10:00:30')]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 0, open_positions: 1 })
  })

  test('makes room: a snapshot, a fill and an order that vanish', () => {
    const retraction = (taken: Fact) =>
      fact('retraction', { of: taken.fact, identity: [...identityFieldsOf(taken)], at: NOW })
    follow([
      [[...closed, sold], at('10:30:00')],
      [[retraction(sold)], at('10:30:01')],
      [[retraction(gone[1] as Fact)], at('10:30:02')],
      [[gone[1]] as Fact[], at('10:30:03')],
      [[retraction(bought)], at('10:30:04')],
      [[retraction(BEFORE[1] as Fact)], at('10:30:05')],
    ])
  })

  test('and the first order of another book ends what the account taught', () => {
    const theirs = order({ execution_id: 'x', strategy_id: 's2', symbol: 'BBB', submitted_at: at('09:58:00') })
    follow([
      [closed, at('10:30:00')],
      [[theirs], at('10:30:01')],
      [[{ ...theirs, submittedAt: at('10:10:00') }], at('10:30:02')],
    ])
  })

  test('goes on for weeks: the mark of a bar that has expired is the snapshot’s', () => {
    const facts = [...closed, bar('AAA', at('10:00:29'), 112), bar('AAA', at('10:00:31'), 113)]
    const days = (count: number) => at('10:30:00') + count * 86_400_000
    follow([
      [facts, at('10:30:00')],
      [[], at('11:30:00')],
      [[], days(1)],
      [[], days(27)],
      [[], days(29)],
    ])
  })
})

describe('what is counted', () => {
  test('is every correction in health, and each that is learnt after the start once', () => {
    const gone = shows(0, '10:00:00', '10:00:15', '10:00:30')
    const { engine } = follow([
      [BEFORE, at('09:50:00')],
      [gone, at('10:00:31')],
      [[bar('AAA', at('10:00:29'), 112)], at('10:00:40')],
    ])
    expect(engine.factCounts.rebases).toBe(1)
    expect(engine.takeNewRebases()).toMatchObject([{ account: 'PA1', kind: 'rebase' }])
    expect(engine.takeNewRebases()).toEqual([])
    const later = createEngine({ startAt: at('10:30:00') })
    applyAll(later, [...BEFORE, ...gone])
    later.tick(at('10:30:00'), answered(at('10:30:00')))
    expect(later.factCounts.rebases).toBe(1)
    expect(later.takeNewRebases()).toEqual([])
  })
})

test('a book that is there no more is asked about by no price', () => {
  const asked: string[] = []
  const { feeRules, sessionRollMs, capitalShareOf, benchmarkOf } = SETTINGS
  const portfolio = new Portfolio(
    {
      ...{ calendars: CALENDARS, instruments: [], feeRules, sessionRollMs, capitalShareOf, benchmarkOf },
      calendarOf: () => undefined,
      markAt: ({ description: { strategyId } }) => {
        asked.push(strategyId)
        return 11_000_000_000n
      },
    },
    NOW,
  )
  const askedByBar = () => {
    asked.length = 0
    const latest = new Map([['AAA', at('10:00:29')]])
    portfolio.reprice({ latest, quoted: new Map(), corrected: new Map() })
    return asked
  }
  portfolio.apply([...BEFORE, ...shows(0, '10:00:00', '10:00:15', '10:00:30')] as BookFact[])
  portfolio.settle()
  expect([askedByBar(), factCountsOf(portfolio, new ShardOwnership(ONLY_SHARD)).rebases, portfolio.books.size]).toEqual(
    [['s1'], 1, 1],
  )
  portfolio.apply([fact('retraction', { of: 'execution', identity: [bought.executionId], at: NOW })])
  portfolio.settle()
  expect([askedByBar(), portfolio.books.size]).toEqual([[], 0])
})
