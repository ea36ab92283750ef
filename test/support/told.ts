import type { Notice } from './alerting.js'

/** What one receiver was told of one alert, oldest first. */
export interface Told {
  readonly receiver: string
  readonly labels: Readonly<Record<string, string>>
  readonly statuses: readonly string[]
}

/** Notices by receiver and alert. A notice of several alerts repeats what has not changed of some: that counts once. */
export function toldOf(notices: readonly Notice[]): readonly Told[] {
  const told = new Map<string, { receiver: string; labels: Readonly<Record<string, string>>; statuses: string[] }>()
  for (const { receiver, alerts } of notices) {
    for (const { labels, status } of alerts) {
      const key = `${receiver} ${JSON.stringify(Object.entries(labels).sort())}`
      const one = told.get(key) ?? { receiver, labels, statuses: [] }
      told.set(key, one)
      if (alerts.length === 1 || one.statuses.at(-1) !== status) one.statuses.push(status)
    }
  }
  return [...told.values()]
}
