import type { StageHealth } from '../../domain/ports.js'
import type { EpochMs } from '../../domain/time.js'
import { disabledStage } from '../stage-status.js'
import type { LatestStore } from './latest-store.js'
import type { Series } from './series.js'

/** Where the exporter keeps what it has computed; each is there when it is configured. */
export interface Stores {
  readonly latest: LatestStore | undefined
  readonly series: Series | undefined
}

export const STORE_STAGES = ['materialize:latest', 'materialize:series'] as const

/** How the stores are doing, one stage each. */
export function storeStages({ latest, series }: Stores, now: EpochMs): readonly StageHealth[] {
  return [
    latest?.health(now) ?? disabledStage('materialize:latest'),
    series?.health(now) ?? disabledStage('materialize:series'),
  ]
}
