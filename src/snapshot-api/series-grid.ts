import type { SeriesGrid } from '../domain/series.js'
import { type EpochMs, SECOND_MS } from '../domain/time.js'
import { HttpProblem } from './problem.js'

/** The most points of one answer, as Prometheus has it. */
const MOST_POINTS = 11_000
/** How many points a range has when nobody asks for a step: more than a panel shows. */
const USUAL_POINTS = 500

/**
 * The points for a range: between `from` and `to`. A step below what is kept is raised to that. Throws HttpProblem `too-large` when the answer
 * would have too many, and says what would fit.
 */
export function gridOf(
  { from, to, stepMs }: { from: EpochMs; to: EpochMs; stepMs: number | undefined },
  resolutionMs: number,
): SeriesGrid {
  const usual = Math.ceil((to - from) / USUAL_POINTS / resolutionMs) * resolutionMs
  const step = Math.max(stepMs ?? usual, resolutionMs)
  const firstAt = Math.ceil(from / step) * step
  const lastAt = Math.floor(to / step) * step
  const count = Math.floor((lastAt - firstAt) / step) + 1
  if (count > MOST_POINTS) {
    const fittingSeconds = Math.ceil((to - from) / (MOST_POINTS - 1) / SECOND_MS)
    const problem = `${count} points, and at most ${MOST_POINTS} are answered: a step of ${fittingSeconds} s or more fits this range, or a range of ${((MOST_POINTS - 1) * step) / SECOND_MS} s this step`
    throw new HttpProblem('too-large', { detail: problem, errors: [{ parameter: 'step', problem }] })
  }
  return { firstAt, lastAt, stepMs: step }
}
