import type { AlertEpisode } from '../../domain/alerts.js'
import type { ShardOwnership } from '../../domain/shards.js'
import type { EpochMs } from '../../domain/time.js'
import { closeAlerts, openAlerts, saveAlerts } from '../../stores/postgres/alerts.js'
import type { StoreQuery } from '../../stores/postgres/writer-session.js'

/** The episodes of whoever judges. */
export interface JudgedAlerts {
  open(): readonly AlertEpisode[]
  /** Those that closed lately. */
  resolved(): readonly AlertEpisode[]
  /** Whether it is known what was open before this process. */
  readonly hasMemory: boolean
  remember(episodes: readonly AlertEpisode[]): void
}

/** Keeps the table of episodes as they are judged: what is another than what was written last is written. */
export class AlertRows {
  readonly #alerts: JudgedAlerts
  readonly #ownership: ShardOwnership
  #written = new Map<string, AlertEpisode>()

  constructor(alerts: JudgedAlerts, ownership: ShardOwnership) {
    this.#alerts = alerts
    this.#ownership = ownership
  }

  /** Nothing is known of what the table holds. */
  forget(): void {
    this.#written.clear()
  }

  /** True while an episode has opened or ended that the table does not tell of. */
  get isUrgent(): boolean {
    return this.#changed().some((episode) => {
      const before = this.#written.get(episode.alertId)
      return before === undefined || before.resolved !== episode.resolved
    })
  }

  /**
   * Writes what has changed. In a new term the table may hold what nobody here knows: episodes of before, which are gone on
   * with where nobody remembered them yet; those that nobody holds open are closed, their end was seen by nobody.
   */
  async write(query: StoreQuery, isNewTerm: boolean, now: EpochMs): Promise<void> {
    const before = isNewTerm ? (await openAlerts(query)).filter((episode) => this.#ownership.owns(episode)) : []
    if (isNewTerm && !this.#alerts.hasMemory) this.#alerts.remember(before)
    const all = this.#all()
    await saveAlerts(query, this.#ownership.shard.index, this.#changed())
    const held = new Set(all.filter(({ resolved }) => resolved === undefined).map(({ alertId }) => alertId))
    const zombies = before.map(({ alertId }) => alertId).filter((alertId) => !held.has(alertId))
    if (zombies.length > 0) await closeAlerts(query, zombies, { at: now, reason: 'no_data' })
    this.#written = new Map(all.map((episode) => [episode.alertId, episode]))
  }

  #all(): readonly AlertEpisode[] {
    return [...this.#alerts.open(), ...this.#alerts.resolved()]
  }

  #changed(): readonly AlertEpisode[] {
    return this.#all().filter((episode) => this.#written.get(episode.alertId) !== episode)
  }
}
