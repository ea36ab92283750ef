import type { AlertCursor, AlertEpisode, AlertPage, AlertQuery } from './alerts.js'

/** The page of these episodes that a question means, as a store that holds them would give it. */
export function alertPage(episodes: Iterable<AlertEpisode>, query: AlertQuery): AlertPage {
  const { limit, after } = query
  const found = [...episodes]
    .filter((episode) => isAsked(episode, query) && (after === undefined || newestFirst(after, episode) < 0))
    .sort(newestFirst)
  const alerts = found.slice(0, limit)
  const last = alerts.at(-1)
  return { alerts, next: found.length > limit ? last && cursorOf(last) : undefined }
}

/**
 * A page of episodes that two hold, from the page of each for the same question. Of an episode that both hold the one of
 * `fresher` is taken.
 */
export function mergeAlertPages(fresher: AlertPage, other: AlertPage, query: AlertQuery): AlertPage {
  const known = new Set(fresher.alerts.map(({ alertId }) => alertId))
  const page = alertPage([...fresher.alerts, ...other.alerts.filter(({ alertId }) => !known.has(alertId))], query)
  const last = page.alerts.at(-1)
  const hasMore = page.next !== undefined || fresher.next !== undefined || other.next !== undefined
  return { alerts: page.alerts, next: hasMore ? last && cursorOf(last) : undefined }
}

function isAsked(episode: AlertEpisode, { strategyId, account, state, severity, policy, from, to }: AlertQuery) {
  const isOpen = episode.resolved === undefined
  return (
    (strategyId === undefined || episode.strategyId === strategyId) &&
    (account === undefined || episode.account === account) &&
    (state === 'all' || isOpen === (state === 'open')) &&
    (severity === undefined || episode.severity === severity) &&
    (policy === undefined || episode.policy === policy) &&
    (from === undefined || episode.openedAt >= from) &&
    (to === undefined || episode.openedAt < to)
  )
}

/** The order of pages. */
export function newestFirst(left: AlertCursor, right: AlertCursor): number {
  if (left.openedAt !== right.openedAt) return right.openedAt - left.openedAt
  if (left.alertId === right.alertId) return 0
  return left.alertId < right.alertId ? 1 : -1
}

function cursorOf({ openedAt, alertId }: AlertEpisode): AlertCursor {
  return { openedAt, alertId }
}
