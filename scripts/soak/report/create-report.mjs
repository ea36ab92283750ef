// All that was seen, as one object: the report in JSON, from which text and page are made.
import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { quantilesOf, STEADY } from '../recorder.mjs'
import { ALL_TIERS_SECONDS } from '../settings.mjs'
import { bottleneckOf } from './bottleneck.mjs'
import { MEASURES } from './service-levels.mjs'
import { trendOf } from './trend.mjs'

/** After a start or a fault. */
const SETTLES_WITHIN_SECONDS = 300
/** Of memory that has settled, at least, for a verdict. */
const JUDGED_SECONDS = 600
/** Points of a chart. */
const MOST_POINTS = 600

export function createReport(run) {
  const { profileName, profile, minutes, seed, startedAt, recorder, alerts, isReportOnly } = run
  const { played, notPlayed, lastSteadyFrom } = run
  const steady = (name) => recorder.samples(name).filter(({ phase }) => phase === STEADY)
  const measures = MEASURES.map((measure) => {
    const quantiles = quantilesOf(steady(measure.name).map(({ value }) => value))
    const isHeld = measure.level === undefined ? undefined : quantiles !== undefined && quantiles.p95 <= measure.level
    return { ...measure, ...quantiles, isHeld }
  })
  const memory = memoryOf(recorder, lastSteadyFrom)
  const stream = Object.fromEntries(
    ['connects', 'ends', 'refused', 'snapshots', 'deltas', 'gaps'].map((name) => [
      name,
      recorder.counted(`stream ${name}`),
    ]),
  )
  const faults = played.map(({ beganMs: _, ...fault }) => ({ ...fault, isHeld: fault.problems.length === 0 }))
  const missed = [
    ...(isReportOnly ? [] : measures.filter(({ isHeld }) => isHeld === false)).map(
      ({ title, p95, level, unit }) =>
        `${title}: p95 ${p95 === undefined ? 'unknown' : `${round(p95)} ${unit}`}, not ≤ ${level}`,
    ),
    ...faults.flatMap(({ title, problems }) => problems.map((problem) => `${title}: ${problem}`)),
    ...alerts.problems,
    ...(stream.gaps > 0 ? [`${stream.gaps} gaps in the stream`] : []),
    ...(stream.deltas > 0 ? [] : ['no client of the stream was told anything']),
    ...(memory?.isSettled === true && !isReportOnly && memory.low > 0
      ? [`memory grows by ${round(memory.slope)} MiB an hour`]
      : []),
  ]
  return {
    ...{ profile: profileName, title: profile.title, minutes, seed, startedAt, endedAt: new Date().toISOString() },
    machine: {
      cpus: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    revision: revision(),
    settings: {
      'reconciliation, s': profile.reconcileSeconds,
      'heavy tier, s': ALL_TIERS_SECONDS,
      clients: profile.clients,
    },
    ...{ isReportOnly, measures, bottleneck: bottleneckOf(measures), memory, stream },
    framesDropped: recorder.counted('frames dropped'),
    unanswered: {
      'pages of metrics': recorder.counted('pages of metrics that were not answered'),
      'API requests': recorder.counted('API requests without an answer'),
      'probe orders not written': recorder.counted('probe orders that could not be written'),
      'orders not written again': recorder.counted('orders that could not be written again'),
    },
    ...{ faults, notPlayed, alerts },
    verdict: { isHeld: missed.length === 0, missed },
    charts: Object.fromEntries(
      MEASURES.map(({ name }) => [
        name,
        thinned(recorder.samples(name)).map(({ at, value }) => [round(at), round(value)]),
      ]),
    ),
  }
}

/**
 * How resident memory moves, in MiB an hour. It has settled, and is judged, in the steady time after the last fault: the
 * first minutes of that aside, in which memory may still be on its way to where it stays. Shorter runs tell of all of it.
 */
function memoryOf(recorder, lastSteadyFrom) {
  const samples = recorder.samples('rss').filter(({ phase }) => phase !== 'warm-up')
  const from = lastSteadyFrom + SETTLES_WITHIN_SECONDS
  const settled = samples.filter(({ at }) => at >= from)
  const isSettled = settled.length > 0 && settled.at(-1).at - from >= JUDGED_SECONDS
  const trend = trendOf(isSettled ? settled : samples)
  return trend === undefined ? undefined : { ...trend, isSettled, fromSecond: isSettled ? from : samples[0].at }
}

/** The largest of each piece: what is thinned keeps its peaks. */
function thinned(samples) {
  const size = Math.ceil(samples.length / MOST_POINTS)
  if (size <= 1) return samples
  const kept = []
  for (let start = 0; start < samples.length; start += size)
    kept.push(samples.slice(start, start + size).reduce((most, next) => (next.value > most.value ? next : most)))
  return kept
}

function revision() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    // An archive of the sources has no history.
    return 'unknown'
  }
}

export function round(value) {
  return Number(value.toPrecision(4))
}
