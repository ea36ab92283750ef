import type { AlertBoard, AlertEpisode, AlertPage, AlertQuery } from '../domain/alerts.js'

/** Episodes that are over and still told of: a store holds all of them. */
const MOST_RESOLVED = 5_000

/** The episodes that an evaluator holds, open and lately closed. */
export class EpisodeBoard implements AlertBoard {
  readonly isShadow: boolean
  readonly #open = new Map<string, AlertEpisode>()
  /** In the order in which they closed. */
  readonly #resolved = new Map<string, AlertEpisode>()
  #revision = 0

  constructor(isShadow: boolean) {
    this.isShadow = isShadow
  }

  get revision(): number {
    return this.#revision
  }

  /** An episode as it is now: new, other than before, or over. */
  put(episode: AlertEpisode): void {
    this.#revision += 1
    if (episode.resolved === undefined) {
      this.#open.set(episode.alertId, episode)
      return
    }
    this.#open.delete(episode.alertId)
    this.#resolved.set(episode.alertId, episode)
    const [oldest] = this.#resolved.keys()
    if (this.#resolved.size > MOST_RESOLVED && oldest !== undefined) this.#resolved.delete(oldest)
  }

  /** Forgets an episode that turned out to be another, older one. */
  drop(alertId: string): void {
    this.#revision += 1
    this.#open.delete(alertId)
  }

  open(): readonly AlertEpisode[] {
    return [...this.#open.values()].sort((a, b) => newestFirst(b, a))
  }

  /** Those that closed lately, in the order of their ends. */
  resolved(): readonly AlertEpisode[] {
    return [...this.#resolved.values()]
  }

  find({ strategyId, account, state, severity, policy, from, to, limit, after }: AlertQuery): AlertPage {
    const candidates = [
      ...(state === 'resolved' ? [] : this.#open.values()),
      ...(state === 'open' ? [] : this.#resolved.values()),
    ]
    const found = candidates
      .filter(
        (episode) =>
          (strategyId === undefined || episode.strategyId === strategyId) &&
          (account === undefined || episode.account === account) &&
          (severity === undefined || episode.severity === severity) &&
          (policy === undefined || episode.policy === policy) &&
          (from === undefined || episode.openedAt >= from) &&
          (to === undefined || episode.openedAt < to) &&
          (after === undefined || newestFirst(after, episode) < 0),
      )
      .sort(newestFirst)
    const alerts = found.slice(0, limit)
    const last = alerts.at(-1)
    const next =
      found.length > limit && last !== undefined ? { openedAt: last.openedAt, alertId: last.alertId } : undefined
    return { alerts, next }
  }
}

type Placed = Pick<AlertEpisode, 'openedAt' | 'alertId'>

function newestFirst(a: Placed, b: Placed): number {
  return b.openedAt - a.openedAt || (a.alertId < b.alertId ? 1 : a.alertId > b.alertId ? -1 : 0)
}
