import type { AlertEpisode } from '../../src/domain/alerts.js'
import type { EpochMs } from '../../src/domain/time.js'
import type { Policy } from '../../src/policy/catalogue.js'

/** How often is scraped and evaluated, as the rules are shipped. */
export const EVERY_SECONDS = 5
const KEEP_FIRING_SECONDS = 120

/** Scrapes of one exporter as promtool's `input_series`: a series that goes away is told so, as Prometheus does. */
export class ScrapedSeries {
  readonly #values = new Map<string, string[]>()
  #count = 0

  /** @param text an exposition */
  add(text: string): void {
    const seen = new Set<string>()
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue
      const [, series = '', value = ''] = /^(.*) (\S+)$/.exec(line) ?? []
      seen.add(series)
      const values = this.#values.get(series) ?? Array.from({ length: this.#count }, () => '_')
      values.push(value)
      this.#values.set(series, values)
    }
    for (const [series, values] of this.#values)
      if (!seen.has(series)) values.push(['_', 'stale'].includes(values.at(-1) ?? '_') ? '_' : 'stale')
    this.#count += 1
  }

  get count(): number {
    return this.#count
  }

  input(): { series: string; values: string }[] {
    return [...this.#values].map(([series, values]) => ({ series, values: values.join(' ') }))
  }
}

/** An alert of a book, or of a calendar, and when the evaluator held it open; seconds since the first scrape. */
interface Expected {
  readonly labels: string
  readonly open: { from: number; to: number }[]
}

/** What of an alert is known at a second: the sets of labels that fire; undefined where it may be either way. */
export type FiringAt = (second: number) => readonly string[] | undefined

/**
 * When an alert has to fire, by the evaluator's episodes: from one scrape and one evaluation after the opening at the
 * latest, and no sooner than it; until the end, the two minutes for which it is kept, a scrape and an evaluation.
 */
export function firingOf(
  policy: Policy,
  episodes: readonly (AlertEpisode & { readonly calendar: string })[],
  from: EpochMs,
): FiringAt {
  const byLabels = new Map<string, Expected>()
  const slack = 2 * EVERY_SECONDS
  for (const one of episodes) {
    if (one.policy !== policy.key) continue
    const labels =
      policy.category === 'data'
        ? `{calendar="${one.calendar}"}`
        : `{account="${one.account}", calendar="${one.calendar}", strategy_id="${one.strategyId}"}`
    const expected = byLabels.get(labels) ?? { labels, open: [] }
    byLabels.set(labels, expected)
    const seconds = (at: EpochMs) => (at - from) / 1000
    expected.open.push({ from: seconds(one.openedAt), to: seconds(one.resolved?.at ?? Number.POSITIVE_INFINITY) })
  }
  return (second) => {
    const firing: string[] = []
    for (const { labels, open } of byLabels.values()) {
      if (open.some((one) => second >= one.from + slack && second < one.to + KEEP_FIRING_SECONDS)) firing.push(labels)
      else if (open.some((one) => second >= one.from && second < one.to + KEEP_FIRING_SECONDS + slack)) return undefined
    }
    return firing
  }
}
