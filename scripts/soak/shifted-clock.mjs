// Clocks of single processes, by libfaketime: a soak is of the same market hours whenever it runs, and a step of the
// exporter's clock is a step of nobody else's. The machine's clock stays what it is.
import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFaketime } from './requirements.mjs'

/** How soon a process sees that its clock was stepped. */
const SEEN_WITHIN_MS = 1_000

/**
 * A clock that is `offsetSeconds` (whole) ahead of the machine's; `file` is where its processes read that.
 */
export function createShiftedClock(file, offsetSeconds) {
  let stepSeconds = 0
  const write = () => {
    const total = offsetSeconds + stepSeconds
    // In one piece: a process that reads it meanwhile finds the old or the new.
    writeFileSync(`${file}.new`, `${total < 0 ? '' : '+'}${total}\n`)
    chmodSync(`${file}.new`, 0o644)
    renameSync(`${file}.new`, file)
  }
  write()
  return {
    environment: {
      TZ: 'UTC',
      LD_PRELOAD: findFaketime(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_CACHE_DURATION: '1',
    },
    now: () => Date.now() + (offsetSeconds + stepSeconds) * 1000,
    /** Steps it, forward or back; resolves when every process has seen it. */
    async step(seconds) {
      stepSeconds += seconds
      write()
      await sleep(SEEN_WITHIN_MS + 500)
    },
  }
}
