// All that was seen, as one object: the report in JSON, from which text and page are made.
import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { quantilesOf, STEADY } from '../recorder.mjs'
import { ALL_TIERS_SECONDS } from '../settings.mjs'
import { MEASURES } from './service-levels.mjs'
import { slopeAnHour } from './trend.mjs'

/** Points of a chart. */
const MOST_POINTS = 600
/** Until then memory may still be on its way to where it stays. */
const SETTLED_FROM_MINUTES = 30

export function createReport(run) {
  const { profileName, profile, minutes, seed, startedAt, recorder, played, notPlayed, alerts, isReportOnly } = run
  const steady = (name) => recorder.samples(name).filter(({ phase }) => phase === STEADY)
  const measures = MEASURES.map((measure) => {
    const quantiles = quantilesOf(steady(measure.name).map(({ value }) => value))
    const isHeld = measure.level === undefined ? undefined : quantiles !== undefined && quantiles.p95 <= measure.level
    return { ...measure, ...quantiles, isHeld }
  })
  const memory = slopeAnHour(recorder.samples('rss').filter(({ phase }) => phase !== 'warm-up'))
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
    // Memory is judged where there is enough time to see it settle, and no process that began anew.
    ...(minutes >= SETTLED_FROM_MINUTES && played.length === 0 && !isReportOnly && memory?.low > 0
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
    ...{ isReportOnly, measures, memory, stream },
    framesDropped: recorder.counted('frames dropped'),
    unanswered: {
      'pages of metrics': recorder.counted('pages of metrics that were not answered'),
      'API requests': recorder.counted('API requests without an answer'),
      'probe orders not written': recorder.counted('probe orders that could not be written'),
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
