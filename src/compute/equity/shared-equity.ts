import type { MoneyE17 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { isWallClock } from '../../domain/window.js'
import type { Unknown, Valuation } from '../valuation.js'
import { AccountEquity, type AccountEquityOptions } from './account-equity.js'
import {
  type EquityFigures,
  type EquityValue,
  type Growth,
  type Opening,
  ofEnough,
  type Reconciliation,
  tooFew,
  unknownBecause,
  type WindowStart,
} from './book-equity.js'
import { type CellSources, cellsHoldUntil, readCellsOf } from './cell-reading.js'
import { type Drawdown, DrawdownRun } from './drawdown.js'
import { EquitySeries, type SeriesPoint } from './series.js'
import { timesMove } from './session-time.js'
import { type Sharing, shareOf } from './sharing.js'
import type { SeriesSources, Sighting } from './sighting.js'

/** The memory's timeline is up to date at T. */
export interface SharedEquityOptions extends AccountEquityOptions {
  readonly sharing: Extract<Sharing, { kind: 'shared' }>
  readonly opensAt: EpochMs
  readonly isObserved: (where: WindowStart) => Sighting
  /** Told when what was read is another at every later T. */
  readonly moves: () => void
  /** Net result of the book from an instant to T, the start marked as a window's. */
  readonly netPnlSince: (opening: Opening) => Valuation<MoneyE17>
  /** Net result of the book from its beginning to an instant: only differences mean anything. */
  readonly pnlAt: (at: EpochMs) => MoneyE17 | undefined
  readonly seen: SeriesSources
}

/** The equity of a book in an account that others trade in: what it started with is its share, the rest it earned. */
export class SharedEquity implements EquityFigures {
  readonly #options: SharedEquityOptions
  readonly #at: EpochMs
  readonly #accountEquity: AccountEquity
  #end: { readonly pnl: MoneyE17 | undefined } | undefined

  constructor(options: SharedEquityOptions, at: EpochMs) {
    this.#options = options
    this.#at = at
    this.#accountEquity = new AccountEquity(options, at)
  }

  get #latestSession(): Opening {
    return { window: 'since open', start: this.#options.opensAt, lead: Number.POSITIVE_INFINITY }
  }

  foreign(): Unknown | undefined {
    const earned = this.#options.netPnlSince(this.#latestSession)
    return !earned.known && earned.reason === 'currency' ? earned : undefined
  }

  level(): Valuation<EquityValue> {
    return this.#equitySince(this.#latestSession)
  }

  sinceOpen(): Valuation<Growth> {
    return this.#growthSince(this.#latestSession)
  }

  growth(where: WindowStart): Valuation<Growth> {
    const { isObserved, changesAt } = this.#options
    const base = this.#baseAt(where.start, where.lead)
    if (!base.known) return base
    const { isSeen, holdsUntil } = isWallClock(where.window) ? isObserved(where) : this.#isSeenSince(where)
    changesAt(holdsUntil)
    return isSeen ? this.#growthSince(where) : unknownBecause('no_observations')
  }

  drawdown(where: WindowStart): Valuation<Drawdown> {
    const { timeline } = this.#options.memory
    const base = this.#baseAt(where.start, where.lead)
    if (!base.known) return base
    // The start counts too: one observation since is enough, unless it ends the chain.
    const isAnySeen = timeline.indexAt(this.#at) > timeline.indexAt(where.start)
    if (!isAnySeen || base.value.equity <= 0n) return tooFew(1)
    const run = this.#run(where)
    if (!run.known) return run
    return ofEnough(run.value.result(where.start))
  }

  /** The book's results at its observations, lifted to its equity. */
  series({ window, start, lead }: WindowStart): Valuation<EquitySeries> {
    const { pricing, memory, changesAt, moves } = this.#options
    const { calendar } = pricing
    const base = this.#baseAt(start, lead)
    if (!base.known) return base
    const sources = this.#cellSources()
    const cells = memory.cells[window].of({
      ...{ calendar, start, to: this.#at, read: readCellsOf(window, sources) },
      key: `shared ${calendar.name} ${isWallClock(window) ? '' : memory.timeline.revision}`,
    })
    changesAt(cellsHoldUntil(window, this.#at, sources))
    changesAt((cells[0]?.seenAt ?? Number.POSITIVE_INFINITY) + lead)
    const opening: SeriesPoint = { at: start, equity: base.value.equity, cell: undefined }
    const offset = this.#offset({ window, start, lead }, base.value.equity)
    // Where nothing was seen, or the start ends the chain, nobody needs to know what was earned since.
    if (!offset.known && cells.length > 0 && base.value.equity > 0n) return offset
    const points = offset.known
      ? cells.map(({ cell, at, amount }) => ({ at, cell, equity: amount + offset.value }))
      : []
    const onTimesAsked = (from: EpochMs, to: EpochMs) => {
      if (timesMove(from, lead, to, calendar)) moves()
    }
    const isCut = !offset.known && cells.length > 0
    const series = { window, calendar, start, to: this.#at, points: [opening, ...points], isCut, flows: [] }
    return { known: true, value: new EquitySeries({ ...series, onTimesAsked }) }
  }

  #cellSources(): CellSources {
    const { memory, seen, pnlAt } = this.#options
    const { timeline } = memory
    return {
      ...seen,
      ownAt: (at) => {
        const point = timeline.at(timeline.indexAt(at))
        return point && { at: point.at, amount: point.pnl }
      },
      ownEventAt: seen.lastFillAt,
      amountAt: (at) => {
        const amount = at === this.#at ? this.#pnlAtEnd() : pnlAt(at)
        return amount === undefined ? undefined : { amount, restsOn: at }
      },
    }
  }

  #pnlAtEnd(): MoneyE17 | undefined {
    this.#end ??= { pnl: this.#options.pnlAt(this.#at) }
    return this.#end.pnl
  }

  /** Whose the difference is cannot be told in a shared account. */
  reconciliation(): Valuation<Reconciliation> {
    return unknownBecause('no_equity')
  }

  /** In windows of sessions a series has a value where the book has an observation. */
  #isSeenSince({ start, lead }: WindowStart): Sighting {
    const { timeline } = this.#options.memory
    const last = timeline.at(timeline.indexAt(this.#at))?.at ?? Number.NEGATIVE_INFINITY
    return last > start
      ? { isSeen: true, holdsUntil: last + lead }
      : { isSeen: false, holdsUntil: Number.POSITIVE_INFINITY }
  }

  /** The book's share of the account's equity at an instant. */
  #baseAt(at: EpochMs, lead: number): Valuation<EquityValue> {
    const base = this.#accountEquity.at(at, lead)
    if (!base.known) return base
    return { known: true, value: { ...base.value, equity: shareOf(base.value.equity, this.#options.sharing) } }
  }

  #equitySince(opening: Opening): Valuation<EquityValue> {
    const base = this.#baseAt(opening.start, opening.lead)
    if (!base.known) return base
    const earned = this.#options.netPnlSince(opening)
    if (!earned.known) return earned
    return { known: true, value: { ...base.value, equity: base.value.equity + earned.value, earned: earned.value } }
  }

  #growthSince(where: Opening): Valuation<Growth> {
    const { start, lead } = where
    const base = this.#baseAt(start, lead)
    if (!base.known) return base
    if (base.value.equity <= 0n) return unknownBecause('non_positive_equity')
    const now = this.#equitySince(where)
    if (!now.known) return now
    const [numerator, denominator] = [now.value.equity, base.value.equity]
    const run = this.#run(where)
    if (numerator <= 0n || (run.known && run.value.hasEnded)) return unknownBecause('non_positive_equity')
    const ends = { opening: denominator, closing: numerator, from: start }
    return { known: true, value: { numerator, denominator, flows: [], ...ends } }
  }

  /** W is 1 at the start, and the observations are the book's own. */
  #run(opening: Opening): Valuation<DrawdownRun> {
    const { window, start, lead } = opening
    const { pricing, memory, changesAt } = this.#options
    const { timeline } = memory
    const base = this.#baseAt(start, lead)
    if (!base.known) return base
    const offset = this.#offset(opening, base.value.equity)
    if (!offset.known) return offset
    changesAt((timeline.at(timeline.indexAt(start) + 1)?.at ?? this.#at) + lead)

    const key = `${pricing.calendar.name} ${start} ${timeline.revision} ${base.value.equity} ${offset.value}`
    const memo = memory.runs.of(window, key, this.#at)
    const run = memo?.run ?? new DrawdownRun(pricing.calendar)
    if (memo === undefined) run.open(start, base.value.equity)
    const end = timeline.indexAt(this.#at)
    for (let index = timeline.indexAt(memo?.lastAt ?? start) + 1; index <= end; index += 1) {
      const point = timeline.at(index)
      if (point !== undefined) run.observe(point.at, point.pnl + offset.value)
    }
    memory.runs.keep(window, { key, run, lastAt: Math.max(start, timeline.at(end)?.at ?? start) })
    return { known: true, value: run }
  }

  /** What turns the book's result since its beginning into its equity in a window. */
  #offset(opening: Opening, base: MoneyE17): Valuation<MoneyE17> {
    const earned = this.#options.netPnlSince(opening)
    if (!earned.known) return earned
    const end = this.#pnlAtEnd()
    return end === undefined ? unknownBecause('missing_mark') : { known: true, value: base + earned.value - end }
  }
}
