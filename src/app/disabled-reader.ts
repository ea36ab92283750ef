import { TIERS } from '../domain/metric.js'
import { type FrameReader, SOURCE_NAMES } from '../domain/ports.js'
import type { Clock } from '../domain/time.js'
import { STORE_STAGES } from './materialize/stores.js'
import { disabledStage } from './stage-status.js'
import { STREAM_STAGE } from './stream.js'

/** What there is to read while the main switch is off: nothing, said clearly; probes answer, so that a rollout can wait here. */
export function createDisabledReader(clock: Clock): FrameReader {
  return {
    state: () => 'disabled',
    frames: () => undefined,
    strategies: () => [],
    now: () => clock.now(),
    alive: () => true,
    health: () => ({
      status: 'disabled',
      stages: [
        ...SOURCE_NAMES.map((name) => `ingest:${name}`),
        ...TIERS.map((tier) => `compute:${tier}`),
        ...STORE_STAGES,
        STREAM_STAGE,
      ].map(disabledStage),
      frames: { lastAt: null, missingSeconds: null, droppedTotal: 0 },
      facts: { rejected: 0, orphans: 0, waitingForPrice: 0, snapshotsRefused: 0, inferredFlows: 0, rebases: 0 },
    }),
  }
}
