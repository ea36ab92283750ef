import { DICTIONARY } from '../compute/dictionary.js'
import type { Config } from '../config/config.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { QuantError } from '../domain/errors.js'
import { type EpochMs, toIso } from '../domain/time.js'
import { PolicyEvaluator } from '../policy/evaluator.js'
import { alertBody } from '../snapshot-api/alert-body.js'
import type { Replayed } from './replay.js'
import type { ReplaySelection } from './replay-output.js'

/** A tick each second of a week. */
const MOST_TICKS = 604_800

/** Every tick from the first to the last of some instants, and these: a policy counts ticks, whichever are printed. */
export function judgedInstants(ats: readonly EpochMs[], lightMs: number): EpochMs[] {
  const [first, last] = [ats[0] ?? 0, ats.at(-1) ?? 0]
  const from = Math.floor(first / lightMs) * lightMs
  const count = Math.floor((last - from) / lightMs) + 1
  if (count > MOST_TICKS)
    throw new QuantError(
      'usage',
      `--policy judges every tick from ${toIso(first)} to ${toIso(last)}: ${count}; at most ${MOST_TICKS} are served`,
    )
  const ticks = Array.from({ length: count }, (_, index) => from + index * lightMs)
  return [...new Set([...ticks, ...ats])].sort((a, b) => a - b)
}

/** The alert policy over a replay: what a process that began with its first tick would have alerted. */
export class ReplayedPolicy {
  readonly #evaluator: PolicyEvaluator
  readonly #lightMs: number

  constructor(config: Config, calendars: Readonly<Record<CalendarName, Calendar>>) {
    this.#lightMs = config.periodsMs.light
    this.#evaluator = new PolicyEvaluator({
      ...{ dictionary: DICTIONARY, calendars, periodsMs: config.periodsMs, settings: config.policy, isShadow: false },
      runbookUrl: (alert) => `${config.runbooksUrl}/${alert}.md`,
    })
  }

  /** Judges a frame; one between two ticks is not judged. */
  judge({ frames, strategies }: Replayed): void {
    if (frames.stamp.at % this.#lightMs !== 0) return
    const enabled = new Set(strategies().flatMap(({ enabled: is, strategyId }) => (is ? [strategyId] : [])))
    this.#evaluator.tick(frames, (strategyId) => enabled.has(strategyId))
  }

  /** The episodes so far of the books that were asked for, as /alerts tells them, oldest first. */
  alerts({ strategyId, account }: ReplaySelection) {
    const { board } = this.#evaluator
    return [...board.resolved(), ...board.open()]
      .filter((one) => (strategyId ?? one.strategyId) === one.strategyId && (account ?? one.account) === one.account)
      .sort((a, b) => a.openedAt - b.openedAt || (a.alertId < b.alertId ? -1 : 1))
      .map(alertBody)
  }
}
