/** Nobody mistypes more than this many letters of one name. */
const MOST_MISTAKES = 4
/** Longer texts are not names; comparing them would only take time. */
const LONGEST_NAME = 128

/**
 * The candidates that somebody who wrote `name` may have meant, nearest first; at most `limit`.
 *
 * Near is up to one mistake in three letters (a letter too many, too few, wrong, or two swapped), whatever the case and
 * whether words are joined by `-` or `_`; a name that is a part of a candidate, or the other way round, comes after those.
 */
export function nearNames(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = plain(name)
  if (wanted === '' || wanted.length > LONGEST_NAME) return []
  const ranked: { candidate: string; rank: number }[] = []
  for (const candidate of new Set(candidates)) {
    const rank = rankOf(wanted, plain(candidate))
    if (rank !== undefined) ranked.push({ candidate, rank })
  }
  return ranked
    .sort((a, b) => a.rank - b.rank || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate)
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '_')
}

function rankOf(wanted: string, candidate: string): number | undefined {
  const apart = Math.abs(wanted.length - candidate.length)
  const tolerated = Math.min(MOST_MISTAKES, Math.floor(Math.max(wanted.length, candidate.length) / 3))
  if (apart <= tolerated) {
    const mistakes = distance(wanted, candidate)
    if (mistakes <= tolerated) return mistakes
  }
  const [shorter, longer] = wanted.length < candidate.length ? [wanted, candidate] : [candidate, wanted]
  return shorter.length >= 3 && longer.includes(shorter) ? MOST_MISTAKES + apart : undefined
}

/** Letters to insert, remove, replace or swap with their neighbour: optimal string alignment. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1]
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
