import { alertPage, newestFirst } from '../domain/alert-page.js'
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

  readonly #onNews: (episode: AlertEpisode) => void

  /** `onNews` is told of every episode that opens or ends. */
  constructor(isShadow: boolean, onNews: (episode: AlertEpisode) => void = () => undefined) {
    this.isShadow = isShadow
    this.#onNews = onNews
  }

  get revision(): number {
    return this.#revision
  }

  /** An episode as it is now: new, other than before, or over. */
  put(episode: AlertEpisode): void {
    this.#revision += 1
    const isKnown = this.#open.has(episode.alertId)
    if (episode.resolved === undefined) this.#open.set(episode.alertId, episode)
    else this.#end(episode)
    if (!isKnown || episode.resolved !== undefined) this.#onNews(episode)
  }

  #end(episode: AlertEpisode): void {
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

  find(query: AlertQuery): AlertPage {
    return alertPage([...this.#open.values(), ...this.#resolved.values()], query)
  }
}
