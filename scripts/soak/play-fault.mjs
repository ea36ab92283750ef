// One fault: it is played, the time until everything is as before is taken, and what must hold of any fault is looked at.
import { compare } from './comparison.mjs'
import { seriesOf } from './metrics-page.mjs'
import { until } from './processes.mjs'

const RECOVERED_WITHIN_MS = 300_000

export async function playFault(fault, world, { seconds }) {
  const { recorder, tell, probe, exporter } = world
  tell(`fault: ${fault.title}${seconds > 0 ? ` (${seconds} s)` : ''}`)
  const beganAt = recorder.seconds()
  const beganMs = performance.now()
  recorder.phase = fault.name
  // What is on its way meets the fault.
  probe.forget()
  const result = {
    ...{ name: fault.name, title: fault.title, holds: fault.holds, beganAt, beganMs },
    ...{ mayAlert: fault.mayAlert, mustAlert: fault.mustAlertFor(seconds) },
  }
  const problems = []
  try {
    const observed = await fault.play(world, { seconds })
    problems.push(...observed.problems)
    result.remark = observed.remark
    probe.forget()
    const overMs = performance.now()
    await areUp(world)
    await probe.isShownBy(exporter, RECOVERED_WITHIN_MS)
    result.recoverySeconds = (performance.now() - overMs) / 1000
    result.comparison = await compare(world)
    const { differences, shown, counted } = result.comparison
    if (differences > 0) problems.push(`${differences} values are not those of a fresh start: ${shown.join('; ')}`)
    if (counted.shown !== counted.inTable)
      problems.push(`${counted.shown} orders of the probe are shown, ${counted.inTable} are in the table`)
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  }
  result.lastedSeconds = recorder.seconds() - beganAt
  result.problems = problems
  tell(
    problems.length === 0
      ? `  held: recovered in ${result.recoverySeconds.toFixed(1)} s, ${result.comparison.values} values and ${result.comparison.digests} digests as afresh, ${result.comparison.counted.inTable} orders counted once`
      : `  NOT HELD: ${problems.join(' | ').slice(0, 800)}`,
  )
  return result
}

/** Both sources answer again. */
async function areUp({ exporter }) {
  await until(
    async () => {
      const page = await exporter.page().catch(() => '')
      return ['postgres', 'clickhouse'].every((source) => seriesOf(page, 'quant_source_up', `source="${source}"`) === 1)
    },
    { withinMs: RECOVERED_WITHIN_MS, everyMs: 100, describe: () => 'both sources are up' },
  )
}
