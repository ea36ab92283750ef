import { alertPage } from '../../src/domain/alert-page.js'
import type { AlertBoard, AlertEpisode } from '../../src/domain/alerts.js'
import { T } from './frames.js'

export const alertId = (number: number) => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`

/** An open episode of a drawdown; the later the number, the later it opened. */
export function episode(number: number, parts: Partial<AlertEpisode> = {}): AlertEpisode {
  return {
    ...{ alertId: alertId(number), policy: 'max_drawdown_1d', strategyId: 'momentum-1', account: 'PA-1' },
    ...{ severity: 'critical', category: 'strategy', metricName: 'max_drawdown', window: '1d' },
    ...{ threshold: 0.05, observed: 0.0512, unit: 'ratio', consecutiveFrames: 3 },
    ...{ openedAt: T + number * 1_000, resolved: undefined, frameSeq: 42 },
    ...{ summary: 'Drawdown 5.12 % is over 5 %', runbookUrl: 'https://runbooks.example/max_drawdown' },
    meta: { restart: true },
    ...parts,
  }
}

/** A board that holds these episodes, oldest first. */
export function alertBoard(episodes: readonly AlertEpisode[] = [], parts: Partial<AlertBoard> = {}): AlertBoard {
  return {
    ...{ isShadow: false, revision: episodes.length },
    open: () => episodes.filter(({ resolved }) => resolved === undefined),
    find: (query) => alertPage(episodes, query),
    ...parts,
  }
}
