import { DICTIONARY } from '../../../../src/compute/dictionary.js'
import type { Explanation } from '../../../../src/domain/explanation.js'
import { DEFAULT_RETURN_RULES } from '../../../../src/domain/return-rules.js'
import type { EpochMs } from '../../../../src/domain/time.js'
import { WINDOWS, type Window } from '../../../../src/domain/window.js'
import { LEVELS } from '../../../support/calculators/levels.js'
import { ORDERS } from '../../../support/calculators/orders.js'
import type { Calculator } from '../../../support/calculators/reading.js'
import { RESULTS } from '../../../support/calculators/results.js'
import { RETURNS } from '../../../support/calculators/returns.js'
import { AT_ONCE, answered, applyAll, createEngine, type EngineParts } from '../../../support/engine.js'
import { figureOf, rowsOf } from '../../../support/explanation.js'
import { ACCOUNT, instant, STRATEGY } from '../../../support/facts.js'
import { RICH_AT, type RichHistory, richHistory } from '../../../support/rich-history.js'

/** Every number of the dictionary again, from nothing but what its explanation shows, by METRICS and a calculator. */

const CALCULATORS: Readonly<Record<string, Calculator>> = { ...RESULTS, ...RETURNS, ...ORDERS, ...LEVELS }
const RETURN_RULES = {
  ...DEFAULT_RETURN_RULES,
  minimumObservations: 3,
  riskFreeAnnual: 0.04,
  marPerPeriod: 0.000_01,
}

interface Told {
  readonly name: string
  readonly window: Window
  readonly explanation: Explanation
}

interface Case extends EngineParts {
  readonly history: RichHistory
  readonly at?: EpochMs
  /** What such a book has no figure of, or none but 0; not asked when not given. */
  readonly without?: readonly string[]
}

function explanationsOf({ history, at = RICH_AT, settings, ...parts }: Case): Told[] {
  const engine = createEngine({
    startAt: at,
    settings: { ...AT_ONCE, returnRules: RETURN_RULES, ...settings },
    ...parts,
  })
  applyAll(engine, richHistory(history))
  const frames = engine.tick(at, answered(at - 700))
  return DICTIONARY.flatMap(({ name, windows }) =>
    (windows === 'level' ? (['1d'] as const) : WINDOWS).flatMap((window) => {
      const asked = { strategyId: STRATEGY, account: ACCOUNT, window, metric: name }
      const explanation = engine.explain(frames, asked)
      if (explanation === undefined) throw new Error(`no explanation of ${name} in ${window}`)
      return explanation.result.status === 'ok' ? [{ name, window, explanation }] : []
    }),
  )
}

const OF_SHARERS_NEVER = ['pnl_reconciliation_gap']
const CASES: Readonly<Record<string, Case>> = {
  'a book alone in its account': { history: { costs: 'records' }, without: [] },
  'a book alone whose broker tells the costs': { history: { costs: 'broker' }, without: [] },
  'a book that never closes': {
    history: { costs: 'broker', paysInCoin: true },
    calendars: { [STRATEGY]: '24x7' },
    without: ['intraday_return'],
  },
  'a book that shares its account': { history: { costs: 'broker', isShared: true }, without: OF_SHARERS_NEVER },
  'a book with a share that is configured': {
    history: { costs: 'records', isShared: true },
    settings: { capitalShareOf: () => 300_000_000n },
    without: OF_SHARERS_NEVER,
  },
  'a book at rest, at the weekend': { history: { costs: 'records' }, at: instant('2026-11-21T12:00:00Z') },
}

describe.each(Object.entries(CASES))('of %s', (_, { without, ...given }) => {
  const told = explanationsOf(given)

  test('every number is met, money to the last digit that counts', () => {
    expect(told.filter(({ explanation }) => figureOf(explanation) !== 0).length).toBeGreaterThan(20)
    const wrong = told.flatMap(({ name, window, explanation }) => {
      const again = CALCULATORS[name]?.(explanation)
      const figure = figureOf(explanation)
      return again !== undefined && isMet(explanation, again, figure) ? [] : [{ name, window, again, figure }]
    })
    expect(wrong).toEqual([])
    expect(told.filter(({ explanation }) => !explanation.isReproduced)).toEqual([])
  })

  if (without !== undefined)
    test('nearly every metric has a number, and one that is not 0', () => {
      const sized = new Set(told.flatMap(({ name, explanation }) => (figureOf(explanation) === 0 ? [] : name)))
      expect(DICTIONARY.map(({ name }) => name).filter((name) => !sized.has(name))).toEqual(without)
    })
})

test('the histories have what is hard: positions taken over, rebased and split, fees in coin, flows, marks that moved', () => {
  const [book, coins] = ['a book alone in its account', 'a book that never closes'].map((name) => {
    const told = explanationsOf(CASES[name] ?? { history: { costs: 'records' } })
    return (metric: string, asked: Window) =>
      told.find(({ name: of, window }) => of === metric && window === asked)?.explanation
  })
  const rows = (explanation: Explanation | undefined, part: string) =>
    explanation === undefined ? [] : rowsOf(explanation, part)
  const taught = rows(book?.('gross_pnl', '20d'), 'fills').flatMap(({ taught: kind }) => kind ?? [])
  expect(taught).toEqual(expect.arrayContaining(['rebase', 'split']))
  expect(rows(book?.('gross_pnl', '20d'), 'fills').some((row) => row.taken_over_usd !== undefined)).toBe(true)
  expect(rows(coins?.('cost_total', '20d'), 'costs').map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['account_fee', 'fee_in_kind']),
  )
  expect(rows(book?.('cumulative_return', '5d'), 'growth').map((row) => row.flow_source)).toEqual(
    expect.arrayContaining(['recorded', 'inferred']),
  )
  expect(rows(book?.('cumulative_return', '5d'), 'account_equity').some((row) => row.moved_usd !== 0)).toBe(true)
})

test('there is a calculator for every metric of the dictionary', () => {
  expect(Object.keys(CALCULATORS).sort()).toEqual(DICTIONARY.map(({ name }) => name).sort())
})

/** Money is exact to 10⁻⁸ dollars, of which trades are made; quotients and sums of doubles to nine digits. */
function isMet({ metric }: Explanation, again: number, figure: number): boolean {
  if (metric.unit === 'USD') return again.toFixed(8) === figure.toFixed(8)
  return Math.abs(again - figure) <= 1e-9 * Math.abs(figure)
}
