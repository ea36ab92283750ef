import fc from 'fast-check'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.js'
import { instant } from '../support/facts.js'
import { BOOKS, DESCRIPTIONS, SYMBOLS } from './cast.js'
import {
  type Delivery,
  deliveriesOfBars,
  deliveriesOfFlow,
  deliveriesOfOrder,
  deliveriesOfSnapshots,
  deliveryOfRetraction,
  type Placed,
} from './deliveries.js'
import {
  barRunSpec,
  flowSpec,
  focus,
  incidentSpec,
  inventorySpec,
  orderSpec,
  retractionSpec,
  seriesSpec,
  snapshotSpec,
} from './history-specs.js'
import { deliveriesOfSeries, endOfSeries } from './series-deliveries.js'
import { deliveriesBehindOrder, deliveriesOfDecision, deliveriesOfSignals, onItsRoute } from './watched-deliveries.js'
import { reviewedDecisionSpec, signalRunSpec } from './watched-specs.js'

/**
 * Made-up histories of several books, dense where the core has edges: sessions that open and close, half days, symbols
 * that several books trade, orders that fill in parts, prices that jump, snapshots that do not agree with the fills or
 * with themselves, runs of observations long enough for returns, positions that are closed, bought or split elsewhere, fees in money and in coin, rows that vanish,
 * money that comes and goes.
 */
export interface History {
  /** In order of arrival; revisions of one fact in theirs. */
  readonly deliveries: readonly Delivery[]
  /** Ascending instants at which to look, most of them right at or behind an edge. */
  readonly instants: readonly EpochMs[]
  /** Whether configuration has a fee schedule. */
  readonly hasSchedule: boolean
}

export interface HistoryShape {
  readonly era: Era
  readonly orders: number
  readonly snapshots: number
  readonly barRuns: number
  readonly instants: number
  /** At most three flows, and three books in which things happen, when not given. */
  readonly flows?: number
  /** So many runs of observations that returns can be made of; at most one when not given. */
  readonly series?: number
  /** At least so many orders; one when not given. */
  readonly minOrders?: number
  readonly books?: 1 | 2 | 3
}

interface Era {
  /** Instants around which things happen. */
  readonly centers: readonly EpochMs[]
  readonly opens: readonly EpochMs[]
  /** Instants at which something ends or begins whatever happens. */
  readonly edges: readonly EpochMs[]
  /** How long after an event or an edge something may expire or leave. */
  readonly agesMs: readonly number[]
}

/** Window lengths, ages of marks and of snapshots, and their sums. */
const WALL_CLOCK_AGES_MS = [
  0,
  SECOND_MS,
  ...[1, 2, 3, 5, 6, 7, 15, 20, 60, 65, 70, 75].map((minutes) => minutes * MINUTE_MS),
  DAY_MS,
]

/** Thanksgiving week: a whole day, a holiday, a half day, a weekend, a Monday. */
export const WEEK: Era = eraOf(
  [
    ['2026-11-25T14:30:00Z', '2026-11-25T21:00:00Z'],
    ['2026-11-27T14:30:00Z', '2026-11-27T18:00:00Z'],
    ['2026-11-30T14:30:00Z', '2026-11-30T21:00:00Z'],
  ],
  ['2026-11-25T17:00:00Z', '2026-11-28T23:59:00Z'],
  WALL_CLOCK_AGES_MS,
)

/** From the roll before the longest window of New Year: two holidays put it more than 28 days back. */
export const MONTH: Era = eraOf(
  [
    ['2025-12-02T14:30:00Z', '2025-12-02T21:00:00Z'],
    ['2025-12-03T14:30:00Z', '2025-12-03T21:00:00Z'],
    ['2025-12-31T14:30:00Z', '2025-12-31T21:00:00Z'],
    ['2026-01-02T14:30:00Z', '2026-01-02T21:00:00Z'],
  ],
  ['2025-12-06T12:00:00Z'],
  [0, HOUR_MS, 5 * DAY_MS, 20 * DAY_MS, 21 * DAY_MS, 28 * DAY_MS, 29 * DAY_MS, 29 * DAY_MS + 20 * HOUR_MS, 30 * DAY_MS],
)

export function history(shape: HistoryShape): fc.Arbitrary<History> {
  const { centers, opens, edges, agesMs } = shape.era
  return fc
    .record({
      focus,
      centers: fc.array(fc.constantFrom(...centers), { minLength: 2, maxLength: 2 }),
      orders: fc.array(orderSpec, { minLength: shape.minOrders ?? 1, maxLength: shape.orders, size: 'max' }),
      snapshots: fc.array(snapshotSpec, { maxLength: shape.snapshots, size: 'max' }),
      barRuns: fc.array(barRunSpec, { maxLength: shape.barRuns, size: 'max' }),
      flows: fc.array(flowSpec, { maxLength: shape.flows ?? 3, size: 'max' }),
      series: fc.array(seriesSpec, { minLength: shape.series ?? 0, maxLength: shape.series ?? 1, size: 'max' }),
      signalRuns: fc.array(signalRunSpec, { maxLength: 2, size: 'max' }),
      decisions: fc.array(reviewedDecisionSpec, { maxLength: 3, size: 'max' }),
      inventory: inventorySpec,
      incidents: fc.array(incidentSpec, { maxLength: 2, size: 'max' }),
      retractions: fc.array(retractionSpec, { maxLength: 2, size: 'max' }),
      looks: fc.array(
        fc.record({
          edge: fc.nat(10_000),
          ageMs: fc.constantFrom(...agesMs),
          nudgeMs: fc.constantFrom(0, 0, 1, 1, -1, SECOND_MS),
        }),
        { minLength: 2, maxLength: shape.instants, size: 'max' },
      ),
    })
    .map((drawn) => {
      const place = <Spec extends { at: { center: number; offset: number }; book?: number; symbol?: number }>(
        spec: Spec,
      ): Placed<Spec> => ({
        ...spec,
        startsAt: (drawn.centers[spec.at.center] ?? 0) + spec.at.offset,
        of: BOOKS[drawn.focus.books[(spec.book ?? 0) % (shape.books ?? 3)] ?? 0] ?? BOOKS[0],
        in: SYMBOLS[drawn.focus.symbols[spec.symbol ?? 0] ?? 0] ?? SYMBOLS[0],
      })
      const orders = drawn.orders.map(place)
      const flows = drawn.flows.map(place)
      const happened = { orders, incidents: drawn.incidents.map(place) }
      const series = drawn.series.map((spec) => ({
        ...spec,
        snapshot: inSession(place({ ...spec.snapshot, symbol: spec.symbol }), spec.isInSession ? opens : []),
      }))
      const told: Delivery[] = [
        ...orders.flatMap((spec, index) => [
          ...deliveriesOfOrder(spec, `order-${index}`, drawn.focus.costs).map((delivery) =>
            onItsRoute(delivery, index),
          ),
          ...deliveriesBehindOrder(spec, `order-${index}`),
        ]),
        ...series.flatMap((spec) => deliveriesOfSeries(spec, happened, flows, drawn.inventory)),
        ...drawn.snapshots.flatMap((spec) => deliveriesOfSnapshots(place(spec), happened, flows, drawn.inventory)),
        ...flows.flatMap((spec, index) => deliveriesOfFlow(spec, `flow-${index}`)),
        ...drawn.barRuns.flatMap((spec) => deliveriesOfBars(place(spec))),
        ...drawn.signalRuns.flatMap((spec) => deliveriesOfSignals(spec, place(spec.run))),
        ...drawn.decisions.flatMap((spec, index) => {
          const { startsAt, of, in: symbol, lag } = place({ ...spec.decision, symbol: spec.symbol })
          return deliveriesOfDecision(spec, { startsAt, of, symbol, lag }, `decision-${index}`)
        }),
      ]
      const events = [...told, ...drawn.retractions.flatMap((spec) => deliveryOfRetraction(spec, told) ?? [])]
      const eventTimes = events.flatMap(({ fact, arrivesAt }) => [fact.at, arrivesAt])
      const ends = series.map(endOfSeries)
      const times = [
        ...edges,
        ...eventTimes,
        ...eventTimes,
        ...Array.from(eventTimes, (_, index) => ends[index % 2] ?? []),
      ].flat()
      const instants = drawn.looks.map(
        ({ edge, ageMs, nudgeMs }) => (times[edge % times.length] ?? 0) + ageMs + nudgeMs,
      )
      return {
        deliveries: [
          ...DESCRIPTIONS.map((fact) => ({ fact, arrivesAt: Number.NEGATIVE_INFINITY })),
          ...events.sort((a, b) => a.arrivesAt - b.arrivesAt),
        ],
        instants: [...new Set([...instants, ...ends])].sort((a, b) => a - b),
        hasSchedule: drawn.focus.hasSchedule,
      }
    })
}

/** As far behind the open before it as it was from its center. */
function inSession<Spec extends { readonly startsAt: EpochMs; readonly at: { readonly offset: number } }>(
  spec: Spec,
  opens: readonly EpochMs[],
): Spec {
  const open = opens.filter((at) => at <= spec.startsAt).at(-1) ?? opens[0]
  return open === undefined ? spec : { ...spec, startsAt: open + Math.abs(spec.at.offset) }
}

function eraOf(
  sessions: readonly (readonly [open: string, close: string])[],
  others: readonly string[],
  agesMs: readonly number[],
): Era {
  const opens = sessions.map(([open]) => instant(open))
  const closes = sessions.map(([, close]) => instant(close))
  const rolls = closes.map((close) => close + 5 * MINUTE_MS)
  return {
    opens,
    centers: [...opens, ...closes, ...others.map(instant)],
    edges: [...opens, ...closes, ...rolls],
    agesMs,
  }
}
