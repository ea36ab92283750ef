import { type Clock, SECOND_MS } from '../domain/time.js'
import { describeError, type Logger } from '../lib/logger.js'
import { Loop } from '../lib/loop.js'
import type { Simulator } from '../simulator/simulation.js'

/** How often the simulator writes, in real time. */
const WRITE_INTERVAL_MS = SECOND_MS / 2

/**
 * Lets a simulator write as time passes. A write that fails is tried again with the next one, at the same pace: what is
 * missing is written then. An outage is told twice, when it begins and when it ends.
 */
export function createSimulatorLoop(
  simulator: Pick<Simulator, 'advanceTo'>,
  clock: Clock,
  log: Pick<Logger, 'info' | 'error'>,
): Loop {
  let isFailing = false
  const failed = (error: unknown): void => {
    if (!isFailing) log.error('the simulator cannot write, and goes on trying', { error: describeError(error) })
    isFailing = true
  }
  return new Loop({
    periodMs: WRITE_INTERVAL_MS,
    run: async () => {
      try {
        await simulator.advanceTo(clock.now())
        if (isFailing) log.info('the simulator writes again')
        isFailing = false
      } catch (error) {
        failed(error)
      }
    },
    onError: failed,
  })
}
