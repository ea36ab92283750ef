import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import { LISTED_ORDERS, orderRow, type SeenOrder, type WindowOrders } from './orders.js'
import { isoOrNull, listed } from './rows.js'

interface Latency {
  readonly ms: number | undefined
  readonly row: ExplanationRow
}

/** From decision to submit, of the orders submitted in the window. */
export function submitLatenciesPart(orders: WindowOrders, p: number): ExplanationPart {
  const latencies = orders.having('submits').map((seen): Latency => {
    const { submittedAt } = seen.order.row
    return latencyOf(seen, seen.parts.submits[0]?.latencyMs, {
      decided_at: isoOrNull(seen.decided?.at),
      submitted_at: isoOrNull(submittedAt),
    })
  })
  return latenciesPart('Time from decision to submit of the orders submitted in the window.', latencies, p)
}

/** From submit to last fill, of the orders filled completely in the window. */
export function fillLatenciesPart(orders: WindowOrders, p: number): ExplanationPart {
  const completed = orders.ended().filter(({ end }) => end.terms.completed === 1n)
  const latencies = completed.map((seen): Latency => {
    const { row, fills } = seen.order
    return latencyOf(seen, seen.end.latencyMs, {
      submitted_at: isoOrNull(row.submittedAt),
      last_fill_at: isoOrNull(fills.at(-1)?.at),
    })
  })
  return latenciesPart('Time from submit to last fill of the orders filled completely in the window.', latencies, p)
}

function latencyOf({ order }: SeenOrder, ms: number | undefined, times: ExplanationRow): Latency {
  return { ms, row: { ...orderRow(order), ...times, latency_ms: ms ?? null } }
}

/** The latencies around the rank that the percentile is read at, so that it can be redone however many there are. */
function latenciesPart(about: string, latencies: readonly Latency[], p: number): ExplanationPart {
  const ascending = latencies
    .flatMap(({ ms, row }) => (ms === undefined ? [] : { ms, row }))
    .sort((a, b) => a.ms - b.ms)
  const rank = Math.max(0, ascending.length - 1) * p
  const ranked = ascending.map((latency, index) => ({ ...latency, index }))
  const leftOut = latencies.length - ascending.length
  return {
    name: 'latencies',
    about: `${about} The percentile lies at a rank among them, in ascending order from 0, and between two ranks on a line.`,
    values: {
      percentile: p * 100,
      n: ascending.length,
      left_out: leftOut,
      rank,
      at_rank_below_ms: ascending[Math.floor(rank)]?.ms ?? null,
      at_rank_above_ms: ascending[Math.ceil(rank)]?.ms ?? null,
    },
    list: listed(
      ranked.toSorted((a, b) => Math.abs(a.index - rank) - Math.abs(b.index - rank)),
      {
        limit: LISTED_ORDERS,
        order: 'nearest to the rank first',
        row: ({ index, row }) => ({ rank: index, ...row }),
        sums: (some) => ({ orders: some.length }),
      },
    ),
  }
}
