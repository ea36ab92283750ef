// The course of a soak: everything is started, looked at for a while, faults are played one after the other with steady
// time between them, and what was seen becomes a report.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { judgeAlerts } from './alerts-told.mjs'
import { FAULTS } from './fault-list.mjs'
import { playFault } from './play-fault.mjs'
import { PROFILES } from './profiles.mjs'
import { Recorder, STEADY } from './recorder.mjs'
import { createReport } from './report/create-report.mjs'
import { startWorld, watch } from './world.mjs'

const WARM_UP_SECONDS = 20
/** Steady time between two faults. */
const BETWEEN_SECONDS = { least: 8, most: 30 }
/** What a fault and its comparison take beside its own length, roughly; none is begun that would not come to its end. */
const AROUND_A_FAULT_SECONDS = 35

export async function runSoak({ profileName, minutes, seed, out, faults: planned, isReportOnly, signal, tell }) {
  const profile = PROFILES[profileName]
  const recorder = new Recorder()
  const releasers = []
  const startedAt = new Date().toISOString()
  let world
  try {
    world = await startWorld({ profile, minutes, seed, recorder, tell, releasers })
    await watch(world, releasers)
    signal.throwIfAborted()
    const untilMs = performance.now() + minutes * 60_000
    const left = () => Math.max(0, (untilMs - performance.now()) / 1000)
    const pass = async (seconds) => {
      await sleep(Math.min(seconds, left()) * 1000, undefined, { signal })
      world.simulator.assertRuns()
    }
    tell(`everything runs: ${minutes} min, of which ${WARM_UP_SECONDS} s to warm up`)
    await pass(WARM_UP_SECONDS)

    const played = []
    for (const [index, fault] of planned.entries()) {
      recorder.phase = STEADY
      const needed = planned
        .slice(index)
        .reduce((sum, next) => sum + next.secondsFor(minutes) + AROUND_A_FAULT_SECONDS, 0)
      // What time is left over is spread between the faults, and what is more than that comes after them.
      const share = (left() - needed) / (planned.length - index + 1)
      await pass(Math.min(BETWEEN_SECONDS.most, Math.max(BETWEEN_SECONDS.least, share)))
      if (left() < fault.secondsFor(minutes) + AROUND_A_FAULT_SECONDS) continue
      played.push(await playFault(fault, world, { seconds: fault.secondsFor(minutes) }))
    }
    recorder.phase = STEADY
    const lastSteadyFrom = recorder.seconds()
    while (left() > 0) {
      tell(`steady for another ${Math.ceil(left())} s`)
      await pass(30)
    }
    recorder.phase = 'end'
    const alerts = judgeAlerts(world, played, { isReportOnly })
    const notPlayed = FAULTS.filter(({ name }) => !played.some((fault) => fault.name === name)).map(({ name }) => name)
    return createReport({
      ...{ profileName, profile, minutes, seed, startedAt, recorder },
      ...{ played, notPlayed, lastSteadyFrom, alerts, isReportOnly },
    })
  } finally {
    tell('stopping')
    if (world !== undefined) cpSync(world.logs, join(out, 'logs'), { recursive: true })
    for (const release of releasers.toReversed()) await release()
  }
}
