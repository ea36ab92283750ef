import { createCalendars } from '../../../src/domain/calendars.js'
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time.js'
import { createIncidentLog } from '../../../src/simulator/incidents/incident-log.js'
import { createDensity } from '../../../src/simulator/market/density.js'
import { createMarket } from '../../../src/simulator/market/market.js'
import { createCast, DEMO_CAST } from '../../../src/simulator/trading/cast.js'
import { createDesk } from '../../../src/simulator/trading/desk.js'

const FIRST = Date.parse('2026-11-20T14:30:00Z')

test('a cast of the demo’s size, or of less, is the demo’s', () => {
  expect(createCast({ books: 5, symbols: 100 })).toEqual(DEMO_CAST)
  expect(createCast({ books: 0, symbols: 0 })).toEqual(DEMO_CAST)
})

test('a larger cast is the demo’s and more: each further book alone in its account, every symbol once', () => {
  const { instruments, accounts, strategies } = createCast({ books: 1_000, symbols: 2_000 })
  expect([instruments.length, strategies.length, accounts.length]).toEqual([2_000, 1_000, 999])
  expect(new Set(instruments.map(({ symbol }) => symbol)).size).toBe(2_000)
  expect(new Set(strategies.map(({ id }) => id)).size).toBe(1_000)
  expect(new Set(accounts.map(({ label }) => label)).size).toBe(999)
  expect(strategies.slice(0, 5)).toEqual(DEMO_CAST.strategies)
  const listed = new Set(instruments.map(({ symbol }) => symbol))
  const traded = new Set(strategies.flatMap(({ universe }) => universe))
  expect([...traded].filter((symbol) => !listed.has(symbol))).toEqual([])
  // All but the coins that the demo's only crypto book leaves alone.
  expect(listed.size - traded.size).toBeLessThanOrEqual(2)
  for (const { basePriceUsd } of instruments.slice(100)) expect(basePriceUsd).toBeGreaterThanOrEqual(12)
})

test('desks trade: each of them has orders within an hour', () => {
  const calendars = createCalendars()
  const cast = createCast({ books: 12, symbols: 130 })
  const startAt = FIRST + HOUR_MS
  const desk = createDesk({
    ...{ calendars, cast, seed: 1, firstAt: FIRST, incidents: createIncidentLog() },
    market: createMarket(calendars, 1, FIRST, cast.instruments),
    densities: { XNYS: createDensity(calendars.XNYS, startAt), '24x7': createDensity(calendars['24x7'], startAt) },
  })
  const { intents, snapshots } = desk.advanceTo(startAt + 5 * MINUTE_MS)
  const busy = new Set(intents.filter(({ order }) => order !== undefined).map(({ decision }) => decision.strategy.name))
  for (const { name } of cast.strategies.slice(5)) expect(busy).toContain(name)
  expect(new Set(snapshots.map(({ account }) => account.label)).size).toBe(cast.accounts.length)
})
