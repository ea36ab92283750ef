/** The part of the tries that every run of the suite makes: the rest is for hunts. */
const EACH_TIME = 0.2

/**
 * How often a property is tried, and from which seed: the same every time, so that a red run is somebody's change.
 * To hunt, give another `SEED`, and `RUNS` as a factor; `NOSHRINK=1` shows the first case that fails and not the smallest,
 * and `CASE`, the path of a failure, tries that one alone.
 */
export function parameters(numRuns: number): { numRuns: number; seed: number; endOnFailure: boolean; path?: string } {
  return {
    numRuns: Math.ceil(numRuns * Number(process.env.RUNS ?? EACH_TIME)),
    seed: Number(process.env.SEED ?? 20_261_124),
    endOnFailure: process.env.NOSHRINK === '1',
    ...(process.env.CASE === undefined ? {} : { path: process.env.CASE }),
  }
}
