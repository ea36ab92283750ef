import type { AlertEpisode, ResolvedReason } from '../domain/alerts.js'
import type { BookDescription } from '../domain/book.js'
import { type Calendar, type CalendarName, CalendarOutOfRange } from '../domain/calendar.js'
import type { BookFrame } from '../domain/frame.js'
import type { Tier } from '../domain/metric.js'
import type { PolicyReading } from '../domain/policy.js'
import { type EpochMs, SECOND_MS } from '../domain/time.js'
import { alertId } from './alert-id.js'
import type { EpisodeBoard } from './episode-board.js'
import { type Judgement, judgeAge, judgeMetric, type ReadPolicy } from './judgement.js'
import { PolicyState, type StateChange } from './policy-state.js'
import { episodeSummary } from './wording.js'

export interface BookPoliciesOptions {
  readonly board: EpisodeBoard
  readonly runbookUrl: (alert: string) => string
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly frame: BookFrame
}

/** A tier with a frame that was not judged yet. */
export interface DueTier {
  /** The instant that its values are of. */
  readonly at: EpochMs
  /** The first instant that a policy of so many frames judges in this process. */
  readonly firstOf: (frames: number) => EpochMs
  /** Whether it is known what was open before the process. */
  readonly hasMemory: boolean
}

export type DueTiers = ReadonlyMap<Tier, DueTier>

/** Who is judged by what: decides which policies are in force. */
export interface Scope {
  readonly isEnabled: boolean
  /** All orders of the account came from a simulation. */
  readonly isSimulated: boolean
}

interface Held {
  readonly read: ReadPolicy
  readonly state: PolicyState
  episode: AlertEpisode | undefined
}

const CLOSED: Judgement = { kind: 'closed' }
const UNKNOWN: Judgement = { kind: 'unknown', hasValue: false }

/** All policies that are in force in one book, and their episodes. */
export class BookPolicies {
  readonly #options: BookPoliciesOptions
  #held: readonly Held[] = []
  #scope: Scope | undefined
  #frame: BookFrame

  constructor(options: BookPoliciesOptions) {
    this.#options = options
    this.#frame = options.frame
  }

  get description(): BookDescription {
    return this.#frame.book
  }

  get #calendar(): Calendar {
    return this.#options.calendars[this.#frame.book.calendar]
  }

  /** Limits are asked for again at the next tick: configuration has changed. */
  forgetLimits(): void {
    this.#scope = undefined
  }

  /** Takes the tick's frame, and asks for limits where they may be others than at the last one. */
  scope(frame: BookFrame, scope: Scope, limits: () => readonly { read: ReadPolicy; limit: number }[]): void {
    this.#frame = frame
    if (scope.isEnabled === this.#scope?.isEnabled && scope.isSimulated === this.#scope.isSimulated) return
    this.#scope = scope
    const before = new Map(this.#held.map((held) => [held.read.policy.key, held]))
    this.#held = limits().map(({ read, limit }) => {
      const held = before.get(read.policy.key) ?? {
        read,
        state: new PolicyState(read.policy, limit),
        episode: undefined,
      }
      before.delete(read.policy.key)
      held.state.limit = limit
      return held
    })
    for (const held of before.values()) this.#take(held, held.state.end('disabled'), frame.stamp.at)
  }

  /** Judges what is new in the tick's frame: metrics of the tiers that are due, each as of its tier's instant. */
  judge(frame: BookFrame, due: DueTiers, open: ReadonlySet<Calendar>): void {
    const calendar = this.#calendar
    const isOpen = open.has(calendar)
    const clock = { now: frame.stamp.at, calendar }
    for (const held of this.#held) {
      const { read, state } = held
      const { placed } = read
      const tier = placed && due.get(placed.metric.tier)
      if (placed === undefined || tier === undefined) continue
      const { at, hasMemory } = tier
      const first = tier.firstOf(read.policy.frames)
      if (at < first) continue
      const judgement =
        read.policy.isSessionAware && !isOpen ? CLOSED : judgeInRange(read, placed, state.limit, frame, clock)
      this.#take(held, state.step(judgement, at, hasMemory ? undefined : first), at)
    }
  }

  /** Judges how old the newest frame is. */
  judgeAge(now: EpochMs, ageMs: number, open: ReadonlySet<Calendar>): void {
    const isOpen = open.has(this.#calendar)
    const second = Math.floor(now / SECOND_MS) * SECOND_MS
    for (const held of this.#held) {
      const { read, state } = held
      if (read.placed !== undefined) continue
      const judgement = isOpen ? judgeAge(read.policy, state.limit, ageMs) : CLOSED
      this.#take(held, state.step(judgement, second, undefined), second)
    }
  }

  endAll(reason: ResolvedReason, at: EpochMs): void {
    for (const held of this.#held) this.#take(held, held.state.end(reason), at)
  }

  /** Goes on with an episode of before. Of a book that was judged already, only where the policy is open. */
  resume(episode: AlertEpisode, isNew: boolean): boolean {
    const held = this.#held.find(({ read }) => read.policy.key === episode.policy)
    if (held === undefined || (!isNew && held.state.open === undefined)) return false
    if (held.episode !== undefined) this.#options.board.drop(held.episode.alertId)
    held.state.resume(episode.openedAt, episode.threshold)
    held.episode = episode
    this.#options.board.put(episode)
    return true
  }

  readings(): readonly PolicyReading[] {
    return this.#held
      .filter(({ read }) => read.placed !== undefined)
      .map(({ read, state }) => ({
        policy: read.policy.key,
        limit: state.limit,
        observed: state.observed,
        breachFrames: state.breachFrames,
        isOpen: state.open !== undefined,
        isEvaluable: this.#scope?.isEnabled === true ? state.isEvaluable : undefined,
      }))
  }

  /** Writes into the episode what a frame has changed. */
  #take(held: Held, change: StateChange, at: EpochMs): void {
    const { board } = this.#options
    if (change?.kind === 'opened') {
      held.episode = this.#opened(held, change.breach.openedAt, change.breach.isRestart)
      board.put(held.episode)
      return
    }
    const { episode } = held
    if (episode === undefined) return
    const current = this.#current(held, episode)
    if (change === undefined) {
      if (current === episode) return
      held.episode = current
      board.put(current)
      return
    }
    held.episode = undefined
    board.put({ ...current, resolved: { at: Math.max(at, episode.openedAt), reason: change.reason } })
  }

  #opened({ read: { policy }, state }: Held, openedAt: EpochMs, isRestart: boolean): AlertEpisode {
    const { book, seq } = this.#frame
    const observed = state.observed ?? null
    return {
      alertId: alertId(policy.key, book, openedAt),
      policy: policy.key,
      strategyId: book.strategyId,
      account: book.account,
      severity: policy.severity,
      category: policy.category,
      metricName: policy.metric,
      window: policy.window,
      threshold: state.limit,
      observed,
      unit: policy.unit,
      consecutiveFrames: state.breachFrames,
      openedAt,
      resolved: undefined,
      summary: episodeSummary(policy, book, observed, state.limit),
      runbookUrl: this.#options.runbookUrl(policy.alert),
      frameSeq: seq,
      meta: isRestart ? { restart: true } : undefined,
    }
  }

  /** The episode as it is now: the same object where nothing of it has changed. */
  #current({ read: { policy }, state }: Held, episode: AlertEpisode): AlertEpisode {
    const observed = state.hasValue ? (state.observed ?? null) : null
    const { limit, breachFrames } = state
    if (observed === episode.observed && limit === episode.threshold && breachFrames === episode.consecutiveFrames)
      return episode
    return {
      ...episode,
      observed,
      threshold: limit,
      consecutiveFrames: breachFrames,
      summary: episodeSummary(policy, this.#frame.book, observed, limit),
      frameSeq: this.#frame.seq,
    }
  }
}

/** Beyond what its calendar covers nothing is known of a book. */
function judgeInRange(...question: Parameters<typeof judgeMetric>): Judgement {
  try {
    return judgeMetric(...question)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return UNKNOWN
    throw error
  }
}
