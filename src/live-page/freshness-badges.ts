import type { GroupState, Quality } from '../client/stream-events.js'
import { make, Text } from './elements.js'

const SHORT_NAMES: Readonly<Record<string, string>> = {
  performance: 'perf',
  risk_adjusted: 'risk',
  trades: 'trades',
  execution: 'exec',
  exposure: 'expo',
  pipeline: 'pipe',
}
/** Told by sign and word; colour only says it again. */
const SIGNS: Record<Quality, string> = { good: '✓', stale: '!', insufficient_data: '–', error: '✕' }
const WORDS: Record<Quality, string> = { good: '', stale: 'STALE', insufficient_data: 'no data', error: 'ERROR' }

/** How fresh each group of a book's metrics is. */
export class FreshnessBadges {
  readonly element = make('ul', 'badges')
  readonly #badges = new Map<string, Text>()

  show(groups: readonly GroupState[]): void {
    for (const { group, quality, freshnessSeconds } of groups) {
      const age = quality === 'insufficient_data' || freshnessSeconds === null ? '' : formatAge(freshnessSeconds)
      const text = [SIGNS[quality], SHORT_NAMES[group] ?? group, WORDS[quality], age].filter((part) => part !== '')
      this.#badgeOf(group).show(text.join(' '), `fresh ${quality}`)
    }
  }

  #badgeOf(group: string): Text {
    const known = this.#badges.get(group)
    if (known !== undefined) return known
    const badge = new Text(make('li'))
    badge.element.title = group.replaceAll('_', '-')
    this.#badges.set(group, badge)
    this.element.append(badge.element)
    return badge
  }
}

function formatAge(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}
