import type { BookState } from './scoreboard.js'
import type { GroupState } from './stream-events.js'

/** The groups of a book that cannot be relied on. */
export function staleGroups({ groups }: BookState): readonly GroupState[] {
  return groups.filter(({ quality }) => quality === 'stale' || quality === 'error')
}

/** What somebody on call has to know of a book, in words, worst first; empty where all is well. */
export function troubleOf(book: BookState, silentMs: number): readonly string[] {
  const groupsOf = (quality: GroupState['quality']) => book.groups.filter((group) => group.quality === quality)
  const named = (text: string, groups: readonly GroupState[]) =>
    groups.length === 0 ? [] : [`${text}: ${groups.map(({ group }) => group.replaceAll('_', '-')).join(', ')}`]
  return [
    ...(silentMs > 0 ? [`silent for ${Math.round(silentMs / 1_000)} s`] : []),
    ...book.alerts.map(({ severity, policy }) => `${severity}: ${policy}`),
    ...named('error', groupsOf('error')),
    ...named('stale', groupsOf('stale')),
  ]
}
