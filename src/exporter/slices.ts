import { inSlices } from '../lib/slices.js'
import type { GaugeFamily } from './exposition-text.js'

/** Families one after the other as they become whole; undefined is a place at which others may have their turn. */
export type FamilySlices = Generator<GaugeFamily | undefined, void>

/** Books or accounts that are rendered without looking at the time: a fraction of a millisecond of a family. */
const FRAMES_A_LOOK = 10
/**
 * After so many milliseconds the event loop has its turn: a scrape of 300,000 series is some hundred slices. Where others
 * take longer they are longer, or a scrape would never end.
 */
const SLICES = { sliceMs: 10, mostMs: 250 }

/** Goes through frames for one family, with places to pause. */
export function* eachFrame<Frame>(frames: readonly Frame[], add: (frame: Frame) => void): Generator<undefined, void> {
  for (const [index, frame] of frames.entries()) {
    if (index % FRAMES_A_LOOK === FRAMES_A_LOOK - 1) yield undefined
    add(frame)
  }
}

/** Runs slices to their end without keeping the event loop; hands each family over. */
export function eachFamily(slices: FamilySlices, take: (family: GaugeFamily) => void): Promise<void> {
  return inSlices(slices, SLICES, (family) => {
    if (family !== undefined) take(family)
  })
}
