/** One statistic that somebody published, and what came out here. */
export interface Statistic {
  readonly name: string
  readonly published: number
  readonly calc?: number | undefined
  readonly replay?: number | undefined
  /** How far ours may lie from what was published. */
  readonly tolerance: number
  readonly replayTolerance?: number
  readonly note?: string
  /** Where ours is another figure by convention: theirs, by their formula. */
  readonly theirs?: number
}

/** Fails unless ours is what was published, or, where the convention differs, theirs follows from their formula. */
export function expectExplained(statistic: Statistic): void {
  const { published, calc, replay, tolerance, replayTolerance = tolerance, theirs } = statistic
  const ours = [
    ...(calc === undefined ? [] : [[calc, tolerance] as const]),
    ...(replay === undefined ? [] : [[replay, replayTolerance] as const]),
  ]
  expect(ours.length).toBeGreaterThan(0)
  const distances = ours.map(([value, within]) => Math.abs(value - published) - within)
  if (theirs === undefined) expect(Math.max(...distances)).toBeLessThanOrEqual(0)
  else {
    // A difference that went away needs no explanation any more.
    expect(Math.min(...distances)).toBeGreaterThan(0)
    expect(Math.abs(theirs - published)).toBeLessThanOrEqual(tolerance)
    expect(statistic.note).toBeDefined()
  }
}

/** The statistics as a table of Markdown. */
export function tableOf(statistics: readonly Statistic[]): string {
  return [
    '| statistic | published | `calc` | `replay` | |',
    '|---|--:|--:|--:|---|',
    ...statistics.map(
      ({ name, published, calc, replay, note = '' }) =>
        `| ${name} | ${shown(published)} | ${shown(calc)} | ${shown(replay)} | ${note} |`,
    ),
  ].join('\n')
}

/** Ten digits tell what agrees. */
function shown(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(10)))
}
