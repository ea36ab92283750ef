import type { EpochMs } from '../../domain/time.js'
import type { PointsRow } from './columns.js'

/** Which rows are the first to show their symbol at a later instant than before: those whose way here can be timed. */
export class Ingestions {
  readonly #newestAt = new Map<string, EpochMs>()

  /** Times of ingestion of rows newer than any seen of their symbol and feed; none at the first sight of a symbol. */
  newOnes(rows: readonly PointsRow[]): EpochMs[] {
    return rows.flatMap(({ feed, symbol, points }) => {
      const key = `${feed} ${symbol}`
      const seenUntil = this.#newestAt.get(key)
      const newest = Number(points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY)
      this.#newestAt.set(key, Math.max(newest, seenUntil ?? newest))
      if (seenUntil === undefined) return []
      return points.filter(([at]) => Number(at) > seenUntil).map(([, , , ingestedAt]) => Number(ingestedAt))
    })
  }
}
