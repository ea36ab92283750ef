import type { Fact } from '../../../src/domain/facts.js'
import { MINUTE_MS } from '../../../src/domain/time.js'
import { bookOf, framesAt, type NamedResults, resultsOf } from '../../support/engine.js'
import { bar, filled, instant, instrument, snapshot } from '../../support/facts.js'
import { describeReferences, expectValue, type ReferenceCase, referenceCases } from '../../support/reference-cases.js'

interface Input {
  readonly fills?: readonly {
    readonly side: 'buy' | 'sell'
    readonly qty: number
    readonly price: number
    readonly commission?: number
    readonly ts_minutes?: number
    readonly multiplier?: number
  }[]
  readonly exposures?: readonly number[]
  readonly equity?: readonly number[]
}

const OPEN = instant('2026-07-15T09:31:00-04:00')
const NOW = instant('2026-07-15T15:59:00-04:00')

/** What each kind of case asks of our frame. */
const READERS: Readonly<Record<string, (results: NamedResults) => number | null>> = {
  realized_pnl: (results) => readValue(results, 'realized_pnl'),
  realized_pnl_net: (results) => difference(readValue(results, 'realized_pnl'), readValue(results, 'cost_total')),
  net_pnl: (results) => readValue(results, 'net_pnl'),
  unrealized_pnl: (results) => readValue(results, 'unrealized_pnl'),
  cost_total: (results) => readValue(results, 'cost_total'),
  gross_exposure: (results) => readValue(results, 'gross_exposure'),
  net_exposure: (results) => readValue(results, 'net_exposure'),
  position_hhi: (results) => readValue(results, 'position_hhi'),
  leverage_gross_over_equity: (results) => readValue(results, 'leverage_gross_over_equity'),
  // At a mark of 1 the exposure is the quantity, and the rest of the unrealised result the average; of nothing it is 0.
  position_qty: (results) => readValue(results, 'net_exposure'),
  avg_entry_price: (results) => {
    const [unrealized, quantity] = [readValue(results, 'unrealized_pnl'), readValue(results, 'net_exposure')]
    if (unrealized === null || quantity === null) return null
    return quantity === 0 ? 0 : 1 - unrealized / quantity
  },
}
/** Of a series of equities, which no frame is made of so easily: `calc` answers those. */
const OF_SERIES = ['turnover_ratio']

const positions = referenceCases<Input>('positions').filter(({ metric }) => !OF_SERIES.includes(metric))
const roundTrips = referenceCases<Input>('trades').filter(({ input }) => input.fills !== undefined)

describeReferences('positions of independent projects in the frames of the engine', () => {
  test('are all known to this suite', () => {
    expect(positions.filter(({ metric }) => READERS[metric] === undefined)).toEqual([])
    expect(positions.length).toBeGreaterThan(100)
    expect(roundTrips.length).toBeGreaterThan(15)
  })

  test.each(positions.map((one) => [one.id, one] as const))('%s', (_, one) => {
    const isUnitPrice = one.metric === 'position_qty' || one.metric === 'avg_entry_price'
    const facts = exposedAs(one.input) ?? traded(one, isUnitPrice ? 1 : one.params.mark)
    const value = READERS[one.metric]?.(resultsOf(bookOf(framesAt(NOW, facts)), '1d')) ?? null
    expectValue(value, one)
  })

  test.each(roundTrips.map((one) => [one.id, one] as const))('%s', (_, one) => {
    const facts = traded(one, undefined)
    const last = Math.max(...facts.flatMap((fact) => (fact.fact === 'execution' ? [fact.submittedAt] : [])))
    expectValue(readValue(resultsOf(bookOf(framesAt(last, facts)), '20d'), one.metric), one)
  })
})

/** A minute between fills where nothing says when they were; the mark, where there is one, comes last. */
function traded({ input: { fills = [] } }: ReferenceCase<Input>, mark: number | undefined): Fact[] {
  const facts: Fact[] = fills.map(({ side, qty, price, commission, ts_minutes }, index) =>
    filled({
      at: OPEN + (ts_minutes ?? index) * MINUTE_MS,
      side,
      qty,
      price,
      ...(commission === undefined ? {} : { costs: commission }),
    }),
  )
  const multiplier = fills.find((fill) => fill.multiplier !== undefined)?.multiplier
  if (multiplier !== undefined) facts.push(instrument({ symbol: 'AAA', multiplier }))
  if (mark !== undefined) facts.push(snapshotMark(mark, fills))
  return facts
}

/** A snapshot that the fills explain says the price without the ten-percent rule of bars. */
function snapshotMark(mark: number, fills: NonNullable<Input['fills']>): Fact {
  const qty = fills.reduce((total, fill) => total + (fill.side === 'buy' ? fill.qty : -fill.qty), 0)
  return snapshot(NOW, [{ symbol: 'AAA', qty: qty.toFixed(9), mark }])
}

/** Positions of such worth, in an account of such equity where one is given. */
function exposedAs({ exposures, equity = [] }: Input): Fact[] | undefined {
  const facts = exposures?.flatMap(exposed)
  const worth = equity.at(-1)
  if (exposures === undefined || worth === undefined) return facts
  const positions = exposures.map((exposure, index) => {
    return { symbol: `S${index}`, qty: exposure < 0 ? -1 : 1, mark: Math.abs(exposure) }
  })
  return [...(facts ?? []), snapshot(NOW, positions, { equity: worth })]
}

/** One unit of a symbol that is worth the exposure. */
function exposed(exposure: number, index: number): Fact[] {
  const symbol = `S${index}`
  const price = Math.abs(exposure)
  return [filled({ at: OPEN, side: exposure < 0 ? 'sell' : 'buy', qty: 1, price, symbol }), bar(symbol, NOW, price)]
}

function readValue(results: NamedResults, name: string): number | null {
  const result = results[name]
  return result?.status === 'ok' ? result.value : null
}

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b
}
