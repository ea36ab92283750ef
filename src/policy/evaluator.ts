import type { AlertEpisode, ResolvedReason } from '../domain/alerts.js'
import { bookId } from '../domain/book.js'
import { type Calendar, type CalendarName, CalendarOutOfRange } from '../domain/calendar.js'
import type { BookFrame, FrameSet } from '../domain/frame.js'
import { type MetricDescription, TIERS, type Tier } from '../domain/metric.js'
import type { PolicyReader, PolicyReading } from '../domain/policy.js'
import type { EpochMs } from '../domain/time.js'
import { BookPolicies, type DueTier, type DueTiers } from './book-policies.js'
import { ALL_POLICIES, isOfEnabledOnly, POLICIES } from './catalogue.js'
import { EpisodeBoard } from './episode-board.js'
import type { PlacedMetric, ReadPolicy } from './judgement.js'
import { effectiveLimit, type KnownStrategy, type PolicySettings, unmatchedOverrides } from './limits.js'

export interface EvaluatorOptions {
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly periodsMs: Readonly<Record<Tier, number>>
  readonly settings: PolicySettings
  /** Nobody is to be alerted. */
  readonly isShadow: boolean
  /** The runbook of an alert, by the alert's name. */
  readonly runbookUrl: (alert: string) => string
  /** Told of every episode that opens or ends, before the frame that it is of is shown. */
  readonly onNews?: (episode: AlertEpisode) => void
}

const SIMULATION = 'simulation'

/**
 * Judges frames by the policy: no clock and no I/O, the same frames in the same order make the same episodes.
 *
 * It is told of whole ticks. A metric is judged once a tick of its tier, as of the tier's own instant; ticks that were
 * left out were never judged. What was open before a restart is told before the first tick.
 */
export class PolicyEvaluator implements PolicyReader {
  readonly #options: EvaluatorOptions
  readonly #reads: readonly ReadPolicy[]
  readonly board: EpisodeBoard
  #settings: PolicySettings
  readonly #books = new Map<string, BookPolicies>()
  /** The instants that were judged last, and first, by tier. */
  readonly #judgedAt = new Map<Tier, EpochMs>()
  readonly #firstAt = new Map<Tier, EpochMs>()
  #beginsAt: EpochMs | undefined
  /** Episodes of before the start that have found no book yet, by policy and book. */
  #remembered: Map<string, AlertEpisode> | undefined
  #unmatched: readonly string[] = []
  #lastTickAt: EpochMs | undefined

  constructor(options: EvaluatorOptions) {
    this.#options = options
    this.#settings = options.settings
    this.board = new EpisodeBoard(options.isShadow, options.onNews)
    const placed = (name: string): PlacedMetric | undefined => {
      const index = options.dictionary.findIndex((metric) => metric.name === name)
      const metric = options.dictionary[index]
      return metric && { metric, index }
    }
    const equity = placed('equity')
    this.#reads = ALL_POLICIES.map((policy) => {
      const found = policy.judged === 'frame_age' ? undefined : placed(policy.metric)
      if (equity === undefined || (found === undefined && policy.judged !== 'frame_age'))
        throw new Error(`the dictionary lacks what the policy ${policy.key} judges`)
      return { policy, placed: found, equity }
    })
  }

  get isShadow(): boolean {
    return this.#options.isShadow
  }

  /** The settings in force; other ones count from the next tick. */
  get settings(): PolicySettings {
    return this.#settings
  }

  set settings(settings: PolicySettings) {
    this.#settings = settings
    for (const book of this.#books.values()) book.forgetLimits()
  }

  /** The most frames in a row that a policy counts of a tier's metrics; 0 where none judges any. */
  mostFramesOf(tier: Tier): number {
    return Math.max(0, ...this.#reads.map(({ policy, placed }) => (placed?.metric.tier === tier ? policy.frames : 0)))
  }

  /** Whether it is known what was open before the first tick. */
  get hasMemory(): boolean {
    return this.#remembered !== undefined
  }

  /**
   * Tells which episodes were open before: nothing is then opened as of the start. Told late, when books have been judged
   * already, what is open there goes on as the older episode.
   */
  remember(episodes: readonly AlertEpisode[]): void {
    this.#remembered = new Map(episodes.map((episode) => [`${episode.policy} ${bookId(episode)}`, episode]))
    for (const [id, book] of this.#books) this.#resume(id, book, false)
    if (this.#books.size > 0) this.#remembered.clear()
  }

  /**
   * The first tick that is live. Of the ticks up to it each policy judges as many as it needs in a row and no more: an
   * earlier breach belongs to an episode that may have come and gone.
   */
  beginAt(at: EpochMs): void {
    this.#beginsAt = at
  }

  /** Judges the frames of a tick. */
  tick(set: FrameSet, isEnabled: (strategyId: string) => boolean): void {
    const { at } = set.stamp
    const due = this.#dueAt(at)
    const open = this.#openCalendars(at)
    const simulated = simulatedAccounts(set)
    for (const [id, frame] of set.books) {
      const book = this.#bookOf(id, frame, isEnabled(frame.book.strategyId), simulated.has(frame.book.account))
      book.judge(frame, due, open)
    }
    for (const [id, book] of this.#books) {
      if (set.books.has(id)) continue
      book.endAll('no_data', at)
      this.#books.delete(id)
    }
    this.#endForgotten(at)
    this.#lastTickAt = at
  }

  /**
   * Judges how old the newest frames are, between ticks or long after the last one. The age is of the wall clock: where T
   * runs faster, a second between two frames is a minute of it.
   */
  watch(now: EpochMs, ageMs: number): void {
    const open = this.#openCalendars(now)
    for (const book of this.#books.values()) book.judgeAge(now, ageMs, open)
  }

  /** Compares overrides with what is known; returns the places of those that match nothing, where they are others than before. */
  compareOverrides(known: readonly KnownStrategy[]): readonly string[] | undefined {
    const unmatched = unmatchedOverrides(this.#settings, known)
    const isSame = unmatched.join('\n') === this.#unmatched.join('\n')
    this.#unmatched = unmatched
    return isSame ? undefined : unmatched
  }

  get judgedAt(): EpochMs | undefined {
    return this.#lastTickAt
  }

  get unmatchedOverrides(): number {
    return this.#unmatched.length
  }

  readings(id: string): readonly PolicyReading[] {
    return this.#books.get(id)?.readings() ?? []
  }

  calendarLimits(): ReturnType<PolicyReader['calendarLimits']> {
    const { limit } = effectiveLimit(this.#settings, 'missing_update_seconds', { strategyId: '', account: '' }, false)
    const calendars = new Set([...this.#books.values()].map(({ description }) => description.calendar))
    if (limit === undefined) return []
    return [...calendars].sort().map((calendar) => ({ policy: POLICIES.missing_update_seconds.key, calendar, limit }))
  }

  #bookOf(id: string, frame: BookFrame, isEnabled: boolean, isSimulated: boolean): BookPolicies {
    const scope = (book: BookPolicies) =>
      book.scope(frame, { isEnabled, isSimulated }, () => this.#limitsOf(frame, isEnabled, isSimulated))
    let book = this.#books.get(id)
    if (book === undefined) {
      const { runbookUrl, calendars } = this.#options
      book = new BookPolicies({ board: this.board, runbookUrl, calendars, frame })
      this.#books.set(id, book)
      scope(book)
      this.#resume(id, book, true)
    } else scope(book)
    return book
  }

  #limitsOf({ book }: BookFrame, isEnabled: boolean, isSimulated: boolean) {
    return this.#reads.flatMap((read) => {
      const { policy } = read
      if (isOfEnabledOnly(policy) && !isEnabled) return []
      const { limit } = effectiveLimit(this.#settings, policy.key, book, isSimulated)
      return limit === undefined ? [] : [{ read, limit }]
    })
  }

  #resume(id: string, book: BookPolicies, isNew: boolean): void {
    if (this.#remembered === undefined) return
    for (const { key } of ALL_POLICIES) {
      const name = `${key} ${id}`
      const episode = this.#remembered.get(name)
      if (episode !== undefined && book.resume(episode, isNew)) this.#remembered.delete(name)
    }
  }

  /** What was open before and is judged no more: its policy is off, or its book is gone. */
  #endForgotten(at: EpochMs): void {
    if (this.#remembered === undefined || this.#remembered.size === 0) return
    for (const episode of this.#remembered.values()) {
      const reason: ResolvedReason = this.#books.has(bookId(episode)) ? 'disabled' : 'no_data'
      this.board.put({ ...episode, resolved: { at: Math.max(at, episode.openedAt), reason } })
    }
    this.#remembered.clear()
  }

  /** The tiers that have a frame which was not judged yet. */
  #dueAt(at: EpochMs): DueTiers {
    const due = new Map<Tier, DueTier>()
    for (const tier of TIERS) {
      const period = this.#options.periodsMs[tier]
      const instant = Math.floor(at / period) * period
      if (instant <= (this.#judgedAt.get(tier) ?? Number.NEGATIVE_INFINITY)) continue
      this.#judgedAt.set(tier, instant)
      if (!this.#firstAt.has(tier)) this.#firstAt.set(tier, instant)
      due.set(tier, {
        at: instant,
        firstOf: (frames) => this.#firstOf(tier, frames),
        hasMemory: this.hasMemory,
      })
    }
    return due
  }

  /** The first instant of a tier that a policy of so many frames judges. */
  #firstOf(tier: Tier, frames: number): EpochMs {
    const first = this.#firstAt.get(tier) ?? Number.NEGATIVE_INFINITY
    if (this.#beginsAt === undefined) return first
    const period = this.#options.periodsMs[tier]
    return Math.max(first, Math.floor(this.#beginsAt / period) * period - (frames - 1) * period)
  }

  /** Calendars in session; beyond its range a calendar may be, and silence is not to be hidden. */
  #openCalendars(at: EpochMs): ReadonlySet<Calendar> {
    return new Set(
      Object.values(this.#options.calendars).filter((calendar) => {
        try {
          return calendar.isOpen(at)
        } catch (error) {
          if (error instanceof CalendarOutOfRange) return true
          throw error
        }
      }),
    )
  }
}

/** Accounts in which every order that is known came from a simulation, and there is one. */
function simulatedAccounts({ books, elsewhere = new Map() }: FrameSet): ReadonlySet<string> {
  const simulated = new Set<string>()
  const others = new Set<string>()
  const note = (adapter: string, account: string) => (adapter === SIMULATION ? simulated : others).add(account)
  for (const { book, byAdapter } of books.values()) for (const adapter of byAdapter.keys()) note(adapter, book.account)
  for (const { book, adapters } of elsewhere.values()) for (const adapter of adapters) note(adapter, book.account)
  for (const account of others) simulated.delete(account)
  return simulated
}
