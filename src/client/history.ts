/** How far back the lines of the scoreboard reach, and how far apart their points are. */
export const HISTORY_MS = 15 * 60_000
export const STEP_MS = 10_000
const POINTS = HISTORY_MS / STEP_MS

export interface Point {
  readonly at: number
  /** Null where nothing was known. */
  readonly value: number | null
}

/** The last quarter of an hour of one number: the last value of each ten seconds. */
export class History {
  #points: Point[] = []

  get points(): readonly Point[] {
    return this.#points
  }

  add(at: number, value: number | null): void {
    const cell = Math.floor(at / STEP_MS)
    const last = this.#points.at(-1)
    if (last !== undefined && Math.floor(last.at / STEP_MS) >= cell) this.#points.pop()
    this.#points.push({ at: last === undefined ? at : Math.max(at, last.at), value })
    const from = (this.#points.at(-1)?.at ?? at) - HISTORY_MS
    const first = this.#points.findIndex((point) => point.at > from)
    if (first > 0) this.#points.splice(0, first)
  }

  /** Puts what was before this client came in front of what it has seen. */
  prepend(earlier: readonly Point[]): void {
    const from = this.#points[0]?.at ?? Number.POSITIVE_INFINITY
    const before = earlier.filter(({ at }) => at < from)
    const firstKnown = before.findIndex(({ value }) => value !== null)
    this.#points = [...(firstKnown < 0 ? [] : before.slice(firstKnown)), ...this.#points].slice(-POINTS)
  }
}

/** A line that has just begun does not fill its box at once. */
const SHORTEST_SPAN_MS = 120_000

/**
 * The points as the path of an SVG of this size: all of the time that they cover, two minutes at least, the newest at the
 * right edge; a hole where nothing was known. Empty where there is nothing to draw.
 */
export function pathOf(points: readonly Point[], width: number, height: number): string {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]))
  const [oldest, newest] = [points[0]?.at, points.at(-1)?.at]
  if (oldest === undefined || newest === undefined || known.length < 2) return ''
  const span = Math.max(SHORTEST_SPAN_MS, newest - oldest)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const x = (at: number) => (width - ((newest - at) / span) * width).toFixed(1)
  // A number that did not move is a line in the middle, not at the bottom.
  const y = (value: number) =>
    (high === low ? height / 2 : 1 + ((high - value) / (high - low)) * (height - 2)).toFixed(1)
  let path = ''
  let pen = 'M'
  for (const { at, value } of points) {
    if (value === null) pen = 'M'
    else {
      path += `${pen}${x(at)} ${y(value)}`
      pen = 'L'
    }
  }
  return path
}
