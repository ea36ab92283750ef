import { INCIDENT_NAMES, type IncidentControl, type IncidentName, type IncidentState } from '../domain/incident.js'
import type { Clock, EpochMs } from '../domain/time.js'
import { describeError, type Logger } from '../lib/logger.js'
import type { Simulator } from '../simulator/simulation.js'

export interface IncidentControlOptions {
  readonly clock: Clock
  readonly simulator: Pick<Simulator, 'startAt' | 'startIncident' | 'stopIncident'>
  /** Makes the database hang up or take connections again; undefined where it is not ours to do so. */
  readonly setDatabaseDown: ((isDown: boolean) => Promise<void>) | undefined
  readonly log: Pick<Logger, 'error'>
}

interface Stretch {
  readonly since: EpochMs
  readonly until: EpochMs
}

/** The longest wait that a timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Switches incidents of a running simulation. `release` ends what would still end by itself; it leaves them as they are. */
export function createIncidentControl(options: IncidentControlOptions): IncidentControl & { release(): void } {
  const { clock, simulator, setDatabaseDown, log } = options
  const names = INCIDENT_NAMES.filter((name) => name !== 'db-down' || setDatabaseDown !== undefined)
  const stretches = new Map<IncidentName, Stretch>()
  let databaseTimer: NodeJS.Timeout | undefined

  /** The simulated time begins with the live one: before it there is only history. */
  const now = (): EpochMs => Math.max(clock.now(), simulator.startAt)

  function stateOf(name: IncidentName): IncidentState {
    const stretch = stretches.get(name)
    if (stretch === undefined || stretch.until <= now())
      return { name, isOn: false, since: undefined, until: undefined }
    return { name, isOn: true, since: stretch.since, until: Number.isFinite(stretch.until) ? stretch.until : undefined }
  }

  async function endDatabaseDown(): Promise<void> {
    clearTimeout(databaseTimer)
    await setDatabaseDown?.(false)
    stretches.delete('db-down')
  }

  function endDatabaseDownAt(until: EpochMs): void {
    clearTimeout(databaseTimer)
    if (!Number.isFinite(until)) return
    const end = () => {
      endDatabaseDown().catch((error: unknown) =>
        log.error('the database could not be brought back', { error: describeError(error) }),
      )
    }
    databaseTimer = setTimeout(end, Math.min((until - clock.now()) / clock.speed, LONGEST_TIMER_MS))
  }

  return {
    names,
    list: () => names.map(stateOf),
    async start(name, forMs = Number.POSITIVE_INFINITY) {
      if (name === 'db-down') await setDatabaseDown?.(true)
      const at = now()
      const until = at + forMs
      const { since = at } = stateOf(name)
      stretches.set(name, { since, until })
      if (name === 'db-down') endDatabaseDownAt(until)
      else simulator.startIncident(name, at, until)
      return stateOf(name)
    },
    async stop(name) {
      if (name === 'db-down') await endDatabaseDown()
      else simulator.stopIncident(name, now())
      stretches.delete(name)
      return stateOf(name)
    },
    release: () => clearTimeout(databaseTimer),
  }
}
