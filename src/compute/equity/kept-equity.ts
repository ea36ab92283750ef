import type { Meta } from '../../domain/metric.js'
import type { EpochMs } from '../../domain/time.js'
import { WINDOWS, type Window } from '../../domain/window.js'
import { recordOf } from '../../lib/record-of.js'
import { Kept, type Readings } from '../readings.js'
import type { Unknown, Valuation } from '../valuation.js'
import type { BookEquity, EquityFigures, EquityValue, Growth, Reconciliation, WindowStart } from './book-equity.js'
import type { Drawdown } from './drawdown.js'
import type { EquityReader } from './equity-reader.js'
import type { EquitySeries } from './series.js'

/** What is kept of one window. */
class KeptWindow {
  readonly growth = new Kept<Valuation<Growth>>()
  readonly drawdown = new Kept<Valuation<Drawdown>>()
  readonly series = new Kept<Valuation<EquitySeries>>()
  readonly reconciliation = new Kept<Valuation<Reconciliation>>()
  /** The series as it was looked at last. */
  moved: { readonly of: EquitySeries; readonly at: EpochMs; readonly series: Valuation<EquitySeries> } | undefined
}

/** The equity of a book from one T to the next: what was read of it is kept as long as it holds. */
export class KeptEquity implements BookEquity {
  readonly #reader: EquityReader
  readonly #readings: Readings
  readonly #dependOn: (window?: Window) => void
  readonly #foreign = new Kept<Unknown | undefined>()
  readonly #level = new Kept<Valuation<EquityValue>>()
  readonly #sinceOpen = new Kept<Valuation<Growth>>()
  readonly #windows = recordOf(WINDOWS, () => new KeptWindow())

  /** `dependOn` reads what all of it rests on: the book at T, and what happened in a window. */
  constructor(reader: EquityReader, readings: Readings, dependOn: (window?: Window) => void) {
    this.#reader = reader
    this.#readings = readings
    this.#dependOn = dependOn
  }

  get isAlone(): boolean {
    return this.#reader.sharing().kind === 'alone'
  }

  get meta(): Meta {
    const sharing = this.#reader.sharing()
    return { equity_source: sharing.kind === 'alone' ? 'account' : sharing.source }
  }

  foreign(): Unknown | undefined {
    return this.#read(this.#foreign, (equity) => equity.foreign())
  }

  level(): Valuation<EquityValue> {
    return this.#read(this.#level, (equity) => equity.level())
  }

  sinceOpen(): Valuation<Growth> {
    return this.#read(this.#sinceOpen, (equity) => equity.sinceOpen())
  }

  growth(where: WindowStart): Valuation<Growth> {
    return this.#read(this.#windows[where.window].growth, (equity) => equity.growth(where), where.window)
  }

  drawdown({ window, start, lead }: WindowStart, asks: 'depth' | 'length' = 'depth'): Valuation<Drawdown> {
    const where = { window, start, lead }
    const drawdown = this.#read(this.#windows[window].drawdown, (equity) => equity.drawdown(where), window)
    if (!drawdown.known || !Number.isFinite(lead)) return drawdown
    const { isDeepestFromStart, isLongestFromStart } = drawdown.value
    if (!isDeepestFromStart && (asks === 'depth' || !isLongestFromStart)) return drawdown
    // What began with the window or before it counts from its start, which moves.
    this.#readings.moves()
    return { known: true, value: drawdown.value.startingAt(start) }
  }

  /** Its values hold as long as nothing happens; when they were is told from T. */
  series({ window, start, lead }: WindowStart): Valuation<EquitySeries> {
    const kept = this.#windows[window]
    const where = { window, start, lead }
    const read = this.#read(kept.series, (equity) => equity.series(where), window)
    if (!read.known) return read
    const { at } = this.#readings
    if (kept.moved?.of !== read.value || kept.moved.at !== at) {
      const before = kept.moved?.of === read.value && kept.moved.series.known ? kept.moved.series.value : read.value
      kept.moved = { of: read.value, at, series: { known: true, value: before.movedTo(start, at) } }
    }
    return kept.moved.series
  }

  reconciliation({ window, start, lead }: WindowStart): Valuation<Reconciliation> {
    const where = { window, start, lead }
    return this.#read(this.#windows[window].reconciliation, (equity) => equity.reconciliation(where), window)
  }

  #read<Value>(kept: Kept<Value>, read: (equity: EquityFigures) => Value, window?: Window): Value {
    return this.#readings.of(kept, () => {
      this.#dependOn(window)
      return read(this.#reader.equity())
    })
  }
}
