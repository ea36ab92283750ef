import type { Engine } from '../../../../src/compute/engine.js'
import { PriceHistory } from '../../../../src/compute/replay/price-history.js'
import { BAR_LIFETIME_MS } from '../../../../src/domain/history.js'
import type { PriceColumn } from '../../../../src/domain/ports.js'
import { bar, instant } from '../../../support/facts.js'

/** What of bars at these instants is told at T. */
function toldOf(ats: readonly number[], at: number): number[] {
  const history = new PriceHistory()
  for (const one of ats) history.add(bar('AAA', one, 100))
  history.settle(undefined)
  const told: number[] = []
  const engine: Pick<Engine, 'applyPrices'> = {
    applyPrices: (columns: readonly PriceColumn[]) => void told.push(...columns.flatMap((column) => column.ats)),
  }
  history.tell(engine as Engine, { kept: new Map(), watched: new Set(), pins: [] }, at)
  return told
}

describe('prices of a replay', () => {
  test('are told from the minute on in which the oldest is that a source still has', () => {
    const at = instant('2026-01-28T14:30:56.999Z')
    const minute = instant('2026-01-28T14:30:00.000Z') - BAR_LIFETIME_MS
    // The minute ends at :31:00, and is due or missing as a whole.
    expect(toldOf([minute, minute + 1, minute + 30_000, minute + 60_000, at], at)).toEqual([
      ...[minute + 1, minute + 30_000, minute + 60_000, at],
    ])
  })
})
