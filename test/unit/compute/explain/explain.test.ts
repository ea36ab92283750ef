import { DICTIONARY } from '../../../../src/compute/dictionary.js'
import { FORMULA_TEXTS } from '../../../../src/compute/explain/formula-texts.js'
import { WINDOWS } from '../../../../src/domain/window.js'
import { AT_ONCE, answered, applyAll, createEngine, expectSameFrames, SETTINGS } from '../../../support/engine.js'
import { explained, figureOf, number, partOf, sum } from '../../../support/explanation.js'
import { ACCOUNT, bar, decision, filled, instant, STRATEGY, snapshot, strategy } from '../../../support/facts.js'

const AT = instant('2026-11-20T19:30:10Z')
const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    filled({
      at: instant('2026-11-20T14:40:00Z') + index * 1_000,
      side: index % 2 === 0 ? 'buy' : 'sell',
      qty: 1 + (index % 2),
      price: 100 + (index % 7),
      symbol: `S${index % 150}`,
      costs: 0.01,
    }),
  )
const some = [strategy(), decision({ at: '2026-11-20T14:35:00Z' }), snapshot('2026-11-19T20:50:00Z'), ...many(40)]

test('explains every metric in every window, by its formula and with the frame’s own result', () => {
  const engine = createEngine({ startAt: AT, settings: AT_ONCE })
  applyAll(engine, some)
  const frames = engine.tick(AT, answered(AT))
  for (const { name } of DICTIONARY)
    for (const window of WINDOWS) {
      const explanation = engine.explain(frames, { strategyId: STRATEGY, account: ACCOUNT, window, metric: name })
      expect({ name, window, text: explanation?.text, reproduced: explanation?.isReproduced }).toEqual({
        name,
        window,
        text: FORMULA_TEXTS[name],
        reproduced: true,
      })
      expect(explanation?.text?.formula).not.toBe('')
      expect(explanation?.parts.length).toBeGreaterThan(0)
    }
})

test('stays small however much a book did, and says what the rest comes to', () => {
  const explanation = explained('realized_pnl', AT, [...some, ...many(5_000)])
  const { values, list } = partOf(explanation, 'fills')
  expect(list?.rows).toHaveLength(25)
  expect(list?.leftOut.count).toBe(number(values, 'fills') - 25)
  const listed = sum((list?.rows ?? []).map((row) => number(row, 'realized_usd')))
  expect(listed + number(list?.leftOut.sums ?? {}, 'realized_usd')).toBeCloseTo(figureOf(explanation), 6)
  const engine = createEngine({ startAt: AT, settings: AT_ONCE })
  applyAll(engine, [...some, ...many(3_000)])
  const frames = engine.tick(AT, answered(AT))
  for (const { name } of DICTIONARY) {
    const of = { strategyId: STRATEGY, account: ACCOUNT, window: '20d', metric: name } as const
    const { text, parts } = engine.explain(frames, of) ?? {}
    expect(JSON.stringify([text, parts]).length).toBeLessThan(100_000)
  }
})

test('has nothing of a book, an account or a metric that is not there', () => {
  const engine = createEngine({ startAt: AT })
  applyAll(engine, some)
  const frames = engine.tick(AT, answered(AT))
  const asked = { strategyId: STRATEGY, account: ACCOUNT, window: '1d', metric: 'net_pnl' } as const
  expect(engine.explain(frames, asked)).toBeDefined()
  expect(engine.explain(frames, { ...asked, strategyId: 's9' })).toBeUndefined()
  expect(engine.explain(frames, { ...asked, account: 'PA9' })).toBeUndefined()
  expect(engine.explain(frames, { ...asked, metric: 'pnl' })).toBeUndefined()
})

test('a slower tier is explained at its own instant', () => {
  const engine = createEngine({ startAt: AT })
  applyAll(engine, some)
  const at = AT + 2_000
  const frames = engine.tick(at, answered(at))
  const asked = { strategyId: STRATEGY, account: ACCOUNT, window: '1d' } as const
  const instantOf = (metric: string) => engine.explain(frames, { ...asked, metric })?.instant
  expect(instantOf('net_pnl')).toBe(at)
  expect(instantOf('sharpe_annualized')).toBe(at - (at % SETTINGS.periodsMs.medium))
  expect(instantOf('beta_vs_benchmark')).toBe(at - (at % SETTINGS.periodsMs.heavy))
})

test('facts that came since the frame are told apart from it, and an explanation changes no later frame', () => {
  const [asked, plain] = [createEngine({ startAt: AT }), createEngine({ startAt: AT })]
  const question = { strategyId: STRATEGY, account: ACCOUNT, window: '1d', metric: 'realized_pnl' } as const
  const other = filled({ at: '2026-11-20T18:00:00Z', side: 'buy', qty: 3, price: 50, strategy_id: 's2', symbol: 'S1' })
  const late = [filled({ at: '2026-11-20T19:00:00Z', side: 'sell', qty: 50, price: 90, symbol: 'S0' }), other]
  for (const engine of [asked, plain]) {
    applyAll(engine, [...some, bar('S0', '2026-11-20T19:29:30Z', 99)])
    const frames = engine.tick(AT, answered(AT))
    engine.apply(late)
    if (engine === plain) continue
    const explanation = engine.explain(frames, question)
    expect(explanation?.isReproduced).toBe(false)
    expect(explanation?.result).toEqual(frames.books.get(`${STRATEGY}\u0000${ACCOUNT}`)?.windows['1d'].results[0])
    for (const { name } of DICTIONARY) engine.explain(frames, { ...question, metric: name })
  }
  for (const at of [AT + 1_000, AT + 5_000, AT + 30_000])
    expectSameFrames(asked.tick(at, answered(at)), plain.tick(at, answered(at)))
})
