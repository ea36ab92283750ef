import type { MoneyE17 } from '../../domain/exact.js'
import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import { MINUTE_MS } from '../../domain/time.js'
import type { BookEquity, EquityValue, Growth } from '../equity/book-equity.js'
import type { DatedWealth, Drawdown } from '../equity/drawdown.js'
import type { DatedFlow } from '../equity/series.js'
import type { Valuation } from '../valuation.js'
import type { WindowResult } from '../view.js'
import { isoOrNull, listed, sumOf, unknownRow, usd, valued } from './rows.js'

const LISTED_FLOWS = 50

/** The equity at T: what it begins with, and what has moved it since. */
export function equityPart(level: Valuation<EquityValue>, { meta }: BookEquity): ExplanationPart {
  return {
    name: 'equity',
    about:
      'The equity at T: of an account of its own the last snapshot, carried on by marks; else the share at the open and what was earned since.',
    values: {
      equity_source: String(meta.equity_source),
      ...valued(
        level,
        ({ equity, snapshotAt, earned }): ExplanationRow => ({
          equity_usd: usd(equity),
          snapshot_at: isoOrNull(snapshotAt),
          ...(earned === undefined
            ? {}
            : { share_at_open_usd: usd(equity - earned), earned_since_open_usd: usd(earned) }),
        }),
      ),
    },
  }
}

/** What a book that shares its account earned since an instant, its positions marked like those of a window's start. */
export function earnedPart({ realized, unrealizedChange, ...costs }: WindowResult): ExplanationPart {
  const { orderCosts, feesInKind, accountFees } = costs
  const knownUsd = (name: string, value: Valuation<MoneyE17>): ExplanationRow =>
    value.known ? { [name]: usd(value.value) } : unknownRow(value)
  return {
    name: 'earned',
    about: 'What the book earned since its share was taken: realised + change of unrealised − costs.',
    values: {
      ...knownUsd('realized_usd', realized),
      ...knownUsd('unrealized_change_usd', unrealizedChange),
      order_costs_usd: usd(orderCosts),
      ...knownUsd('fees_in_kind_usd', feesInKind),
      account_fees_usd: usd(accountFees),
    },
  }
}

/** What equity grew from and to, and the flows to take out on the way. */
export function growthPart(growth: Valuation<Growth>, { meta }: BookEquity): ExplanationPart {
  const part = {
    name: 'growth',
    about:
      'From the first equity to the last: without flows their quotient; each flow splits the way, and what stood before it is the equity after it less the flow.',
    values: {
      equity_source: String(meta.equity_source),
      ...valued(growth, ({ opening, closing, from }) => ({
        first_at: isoOrNull(from),
        first_equity_usd: usd(opening),
        last_equity_usd: usd(closing),
      })),
    },
  }
  return growth.known ? { ...part, list: flowList(growth.value.flows) } : part
}

/** Flows with the equity after them. */
export function flowList(flows: readonly DatedFlow[]) {
  return listed(flows, {
    limit: LISTED_FLOWS,
    order: 'oldest first',
    row: ({ at, amount, source, equityAfter }) => ({
      at: isoOrNull(at),
      flow_usd: usd(amount),
      flow_source: source,
      equity_after_usd: usd(equityAfter),
    }),
    sums: (leftOut) => ({ flow_usd: usd(sumOf(leftOut, ({ amount }) => amount)) }),
  })
}

/** Peak and trough of the deepest fall, the last peak and where equity stood since, and the longest time below a peak. */
export function drawdownPart(drawdown: Valuation<Drawdown>): ExplanationPart {
  return {
    name: 'drawdown',
    about:
      'The wealth index in dollars of the first equity, flows taken out, where it turned: a fall is 1 − low / peak.',
    values: valued(drawdown, ({ observations, recoveredAt, longestMs, basis }): ExplanationRow => {
      const { peak, trough, lastPeak, last, longest } = basis()
      return {
        observations,
        ...wealth('peak', peak),
        ...wealth('trough', trough),
        recovered_at: isoOrNull(recoveredAt),
        ...wealth('last_peak', lastPeak),
        ...wealth('last', last),
        longest_from: isoOrNull(longest?.from),
        longest_to: isoOrNull(longest?.to),
        longest_session_minutes: longestMs / MINUTE_MS,
      }
    }),
  }
}

function wealth(name: string, value: DatedWealth | undefined): ExplanationRow {
  return { [`${name}_at`]: isoOrNull(value?.at), [`${name}_usd`]: value?.usd ?? null }
}
