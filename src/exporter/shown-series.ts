import type { ExportRule } from '../domain/export-rule.js'
import type { MetricDescription, MetricGroup } from '../domain/metric.js'
import { WINDOWS, type Window } from '../domain/window.js'

/** What is given up for the cap on series where the families that go first do not suffice. */
const SHORT_WINDOWS: readonly Window[] = ['1m', '5m', '15m']
const OF_SHORT_WINDOWS: readonly MetricGroup[] = ['trades', 'execution']

/** Which series of a book are exported: what its strategy's rule says, less what the cap on series takes. */
export class ShownSeries {
  readonly #rules: ReadonlyMap<string, ExportRule>
  readonly #hasShortWindows: boolean

  /** Without short windows, those of trades and execution are left out for everybody. */
  constructor(rules: ReadonlyMap<string, ExportRule>, hasShortWindows = true) {
    this.#rules = rules
    this.#hasShortWindows = hasShortWindows
  }

  /** Whether a strategy's group is exported at all. */
  hasGroup(strategyId: string, group: MetricGroup): boolean {
    return this.#rules.get(strategyId)?.groups?.includes(group) ?? true
  }

  /** The windows in which a strategy's group is exported, shortest first. */
  windowsOf(strategyId: string, group: MetricGroup): readonly Window[] {
    if (!this.hasGroup(strategyId, group)) return []
    const { windows } = this.#rules.get(strategyId) ?? {}
    const isCut = !this.#hasShortWindows && OF_SHORT_WINDOWS.includes(group)
    if (windows === undefined && !isCut) return WINDOWS
    return WINDOWS.filter((window) => (windows?.includes(window) ?? true) && !(isCut && SHORT_WINDOWS.includes(window)))
  }

  /** The windows of a metric's gauge; one that is undefined stands for a level, which no choice of windows leaves out. */
  of(
    strategyId: string,
    { group, windows }: Pick<MetricDescription, 'group' | 'windows'>,
  ): readonly (Window | undefined)[] {
    if (windows !== 'level') return this.windowsOf(strategyId, group)
    return this.hasGroup(strategyId, group) ? LEVEL : NOTHING
  }
}

const LEVEL: readonly (Window | undefined)[] = [undefined]
const NOTHING: readonly (Window | undefined)[] = []
