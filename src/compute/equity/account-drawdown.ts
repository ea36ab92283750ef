import type { Calendar } from '../../domain/calendar.js'
import type { EpochMs } from '../../domain/time.js'
import type { Account } from '../account.js'
import type { Valuation } from '../valuation.js'
import { ofEnough, unknownBecause, type WindowStart } from './book-equity.js'
import { type Drawdown, DrawdownRun } from './drawdown.js'
import type { DrawdownRuns } from './drawdown-runs.js'

export interface AccountDrawdownOptions {
  readonly account: Account
  readonly calendar: Calendar
  readonly runs: DrawdownRuns
  /** Told until when what was read holds. */
  readonly changesAt: (at: EpochMs) => void
}

/**
 * The drawdowns of an account in a window up to T: of all its snapshots whose equity counts, the last one at or before the
 * window's start included, flows taken out. How long they are depends on where the window starts, and is not noted.
 * Source: METRICS section 2, "Equity of a book alone in its account", and section 4, rows 13 and 14.
 */
export function accountDrawdown(
  { account, calendar, runs, changesAt }: AccountDrawdownOptions,
  { window, start, lead }: WindowStart,
  at: EpochMs,
): Valuation<Drawdown> {
  const { observations } = account
  const end = observations.indexAt(at)
  const last = observations.at(end)
  if (last === undefined) return unknownBecause('no_equity')
  const before = Math.max(0, observations.indexAt(start))
  const first = observations.at(before) ?? last
  changesAt(observations.nextAfter(start) + lead)

  const flows = new Map(
    account.flows.upTo(at, calendar).flatMap((flow) => (flow.at > first.at ? [[flow.at, flow.amount] as const] : [])),
  )
  const key = `${calendar.name} ${first.at} ${observations.revision} ${[...flows].join(' ')}`
  const memo = runs.of(window, key, at)
  const run = memo?.run ?? new DrawdownRun(calendar)
  const from = memo === undefined ? before : observations.indexAt(memo.lastAt) + 1
  for (let index = from; index <= end; index += 1) {
    const observation = observations.at(index)
    if (observation !== undefined) run.observe(observation.at, observation.equity, flows.get(observation.at))
  }
  runs.keep(window, { key, run, lastAt: last.at })
  return ofEnough(run.result(start))
}
