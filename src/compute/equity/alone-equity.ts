import type { MoneyE17 } from '../../domain/exact.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { isWallClock } from '../../domain/window.js'
import type { Valuation } from '../valuation.js'
import { accountDrawdown } from './account-drawdown.js'
import { AccountEquity, type AccountEquityOptions, accountEquityAt, type EquityReading } from './account-equity.js'
import {
  type EquityFigures,
  type EquityValue,
  type Growth,
  type Reconciliation,
  unknownBecause,
  type WindowStart,
} from './book-equity.js'
import { type CellSources, cellsHoldUntil, readCellsOf } from './cell-reading.js'
import type { Drawdown } from './drawdown.js'
import type { Flow } from './flows.js'
import { type DatedFlow, EquitySeries, type SeriesPoint } from './series.js'
import { timesMove } from './session-time.js'
import type { SeriesSources, Sighting } from './sighting.js'

/** The intraday return begins with a snapshot this soon after the open, or not at all. */
const OPENING_MS = 15 * MINUTE_MS

export interface AloneEquityOptions extends AccountEquityOptions {
  /** Open of the latest session. */
  readonly opensAt: EpochMs
  readonly isObserved: (where: WindowStart) => Sighting
  readonly seen: SeriesSources
  /** Told when what was read is another at every later T. */
  readonly moves: () => void
  /** Net result of the book between two snapshots, positions at the snapshots' own prices. */
  readonly netPnlBetween: (from: EpochMs, to: EpochMs) => Valuation<MoneyE17>
}

/** The equity of a book that is alone in its account: the account's snapshots are its observations. */
export class AloneEquity implements EquityFigures {
  readonly #options: AloneEquityOptions
  readonly #at: EpochMs
  readonly #accountEquity: AccountEquity

  constructor(options: AloneEquityOptions, at: EpochMs) {
    this.#options = options
    this.#at = at
    this.#accountEquity = new AccountEquity(options, at)
  }

  /** The account is worth dollars, whatever it trades. */
  foreign(): undefined {
    return undefined
  }

  level(): Valuation<EquityValue> {
    return this.#accountEquity.at(this.#at, 0)
  }

  sinceOpen(): Valuation<Growth> {
    const { account, opensAt } = this.#options
    const { observations } = account
    if (observations.latestAt(this.#at) === undefined) return unknownBecause('no_equity')
    const first = observations.at(observations.indexAt(opensAt - 1) + 1)
    const isUsable = first !== undefined && first.at <= Math.min(this.#at, opensAt + OPENING_MS)
    return isUsable ? this.#chain(first.equity, first.at) : unknownBecause('no_observations')
  }

  growth(where: WindowStart): Valuation<Growth> {
    const { account, isObserved, changesAt } = this.#options
    const base = this.#accountEquity.at(where.start, where.lead)
    if (!base.known) return base
    const { isSeen, holdsUntil } = isObserved(where)
    changesAt(holdsUntil)
    changesAt(account.observations.nextAfter(where.start) + where.lead)
    return isSeen ? this.#chain(base.value.equity, where.start) : unknownBecause('no_observations')
  }

  drawdown(where: WindowStart): Valuation<Drawdown> {
    const { account, pricing, memory, changesAt } = this.#options
    return accountDrawdown({ account, calendar: pricing.calendar, runs: memory.runs, changesAt }, where, this.#at)
  }

  series({ window, start, lead }: WindowStart): Valuation<EquitySeries> {
    const { account, pricing, memory, changesAt, moves } = this.#options
    const { observations } = account
    const { calendar } = pricing
    if (observations.latestAt(this.#at) === undefined) return unknownBecause('no_equity')
    const sources = this.#cellSources()
    const opening = this.#accountEquity.at(start, lead)
    const cells = memory.cells[window].of({
      ...{ calendar, start, to: this.#at, read: readCellsOf(window, sources) },
      // Prices do not touch what a snapshot said; a snapshot that comes late or goes does.
      key: `alone ${calendar.name} ${isWallClock(window) ? '' : observations.revision}`,
    })
    changesAt(cellsHoldUntil(window, this.#at, sources))
    changesAt((cells[0]?.seenAt ?? Number.POSITIVE_INFINITY) + lead)
    const points: SeriesPoint[] = cells.map(({ cell, at, amount }) => ({ at, cell, equity: amount }))
    if (opening.known) points.unshift({ at: start, equity: opening.value.equity, cell: undefined })
    const flows = this.#datedFlowsIn(points[0]?.at ?? start, this.#at)
    const onTimesAsked = (from: EpochMs, to: EpochMs) => {
      if (timesMove(from, lead, to, calendar)) moves()
    }
    const series = { window, calendar, start, to: this.#at, points, flows, onTimesAsked }
    return { known: true, value: new EquitySeries(series) }
  }

  #cellSources(): CellSources {
    const { account, pricing, seen } = this.#options
    const { observations } = account
    return {
      ...seen,
      ownAt: (at) => {
        const observation = observations.latestAt(at)
        return observation && { at: observation.at, amount: observation.equity }
      },
      ownEventAt: (at) => observations.latestAt(at)?.at,
      amountAt: (at) => {
        const { equity, snapshotAt } = at === this.#at ? this.#levelReading() : accountEquityAt(account, at, pricing)
        return equity === undefined || snapshotAt === undefined ? undefined : { amount: equity, restsOn: snapshotAt }
      },
    }
  }

  #levelReading(): Pick<EquityReading, 'equity' | 'snapshotAt'> {
    const level = this.level()
    return level.known ? level.value : { equity: undefined, snapshotAt: undefined }
  }

  reconciliation({ start, lead }: WindowStart): Valuation<Reconciliation> {
    const { account, memory, netPnlBetween, changesAt } = this.#options
    const { observations } = account
    changesAt(observations.nextAfter(start) + lead)
    const [before, after] = [account.snapshotAt(start), account.snapshotAt(this.#at)]
    if (before === undefined || after === undefined) return unknownBecause('no_equity')
    const earned = memory.ofPast({ at: after.at, now: this.#at }, `result since ${before.at} until`, () =>
      netPnlBetween(before.at, after.at),
    )
    if (!earned.known) return earned
    const flows = this.#flowsIn(before.at, after.at)
    const flowed = flows.reduce((total, { amount }) => total + amount, 0n)
    const gap = after.equity - before.equity - flowed - earned.value
    const cash = (kind: 'dividend' | 'interest') => account.flows.recordedIn(kind, before.at, after.at)
    return {
      known: true,
      value: {
        gap,
        from: before.at,
        to: after.at,
        flows,
        dividends: cash('dividend'),
        interest: cash('interest'),
      },
    }
  }

  /** From an equity at `from`, through the flows since, to the equity at T. */
  #chain(equity: MoneyE17, from: EpochMs): Valuation<Growth> {
    const { observations } = this.#options.account
    const now = this.level()
    if (!now.known) return now
    if (equity <= 0n || now.value.equity <= 0n || observations.hasNotPositiveIn(from, this.#at))
      return unknownBecause('non_positive_equity')
    const flows = this.#datedFlowsIn(from, this.#at)
    let [numerator, denominator] = [now.value.equity, equity]
    for (const { amount, equityAfter } of flows) {
      numerator *= equityAfter - amount
      denominator *= equityAfter
    }
    return { known: true, value: { numerator, denominator, flows, opening: equity, closing: now.value.equity, from } }
  }

  #datedFlowsIn(from: EpochMs, to: EpochMs): DatedFlow[] {
    const { observations } = this.#options.account
    return this.#flowsIn(from, to).map((flow) => ({
      ...flow,
      equityAfter: observations.latestAt(flow.at)?.equity ?? 0n,
    }))
  }

  /** Flows of intervals that end in (from, to]. */
  #flowsIn(from: EpochMs, to: EpochMs): readonly Flow[] {
    const { account, pricing } = this.#options
    return account.flows.upTo(this.#at, pricing.calendar).filter(({ at }) => at > from && at <= to)
  }
}
