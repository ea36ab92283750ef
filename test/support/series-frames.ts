import fc from 'fast-check'
import { type BookKey, bookId } from '../../src/domain/book.js'
import { roundForOutput } from '../../src/domain/exact.js'
import type { FrameSet } from '../../src/domain/frame.js'
import type { EpochMs } from '../../src/domain/time.js'
import type { Window } from '../../src/domain/window.js'
import { bookFrame, missing, value } from './frames.js'

/** One tick of a made-up history: how long after the one before, and what the book had; undefined: no frame of it. */
export interface MadeTick {
  readonly afterMs: number
  readonly net: number | null | undefined
  readonly exposure: number | null
}

/** Histories with pauses, changes that rounding hides, values that are lost, and times without a book. */
export const madeTicks: fc.Arbitrary<MadeTick[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(1_000, 5_000, 10_000) },
      { weight: 2, arbitrary: fc.integer({ min: 11, max: 300 }).map((seconds) => seconds * 1_000) },
      { weight: 1, arbitrary: fc.integer({ min: 1_000, max: 9_000 }).map((seconds) => seconds * 1_000) },
    ),
    net: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(1, 1.001, 2, -3.255, 1e7) },
      { weight: 1, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    exposure: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0, 7.5) }, { weight: 1, arbitrary: fc.constant(null) }),
  }),
  { minLength: 1, maxLength: 400 },
)

export interface MadeFrames {
  readonly frames: FrameSet
  readonly net: number | null | undefined
  readonly exposure: number | null
}

/** The frames of a made-up history; net_pnl is of the window 1h alone. */
export function framesOfTicks(ticks: readonly MadeTick[], startAt: EpochMs, key: BookKey): MadeFrames[] {
  let at = startAt
  return ticks.map(({ afterMs, net, exposure }) => {
    at += afterMs
    const resultOf = (number: number | null) => (number === null ? missing('missing_mark') : value(number))
    const frame = bookFrame({
      ...key,
      results: { gross_exposure: resultOf(exposure) },
      inWindows: { '1h': { net_pnl: resultOf(net ?? null) } },
      stamp: { at },
    })
    const books = net === undefined ? [] : [frame]
    const frames = { formulaSet: 'f', accounts: new Map(), stamp: frame.stamp }
    return { frames: { ...frames, books: new Map(books.map((one) => [bookId(one.book), one])) }, net, exposure }
  })
}

export const MADE_WINDOW: Window = '1h'

/**
 * What /series must answer, from the frames themselves and without anything of how series are kept: at each point the value
 * of the last frame that was looked at, where one was looked at in the step.
 */
export function plainSeries(
  history: readonly MadeFrames[],
  grid: { readonly firstAt: EpochMs; readonly lastAt: EpochMs; readonly stepMs: number },
): { net: (number | null)[]; exposure: (number | null)[] } {
  const atOf = ({ frames }: MadeFrames) => frames.stamp.at
  const looked = history.filter((made, index) => {
    const before = history[index - 1]
    const period = Math.floor(atOf(made) / 10_000)
    return before === undefined ? atOf(made) % 10_000 === 0 : period > Math.floor(atOf(before) / 10_000)
  })
  const net: (number | null)[] = []
  const exposure: (number | null)[] = []
  for (let point = grid.firstAt; point <= grid.lastAt; point += grid.stepMs) {
    const known = looked.filter((made) => atOf(made) <= point && made.net !== undefined).at(-1)
    const isCovered = known !== undefined && atOf(known) > point - grid.stepMs
    net.push(isCovered && typeof known.net === 'number' ? roundForOutput(known.net, 2) : null)
    exposure.push(isCovered && known.exposure !== null ? known.exposure : null)
  }
  return { net, exposure }
}
