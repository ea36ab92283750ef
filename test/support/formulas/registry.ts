import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { MetricDescription } from '../../../src/domain/metric.js'
import { ALL_METRICS, digestOfMeaning, digestOfResults, type FormulaResults } from './results.js'

/** What one version of a formula gives, as it was recorded when the version was new. */
interface RecordedFormula {
  readonly version: string
  /** Of unit, windows, tier and needs. */
  readonly meaning: string
  /** Of what it makes of each case of the battery. */
  readonly results: Readonly<Record<string, string>>
}

export type FormulaRegistry = Readonly<Record<string, RecordedFormula>>

const FILE = new URL('../../../docs/formula-versions.json', import.meta.url)
const COMMAND = 'npm run formulas'

export function readRegistry(): FormulaRegistry {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as FormulaRegistry) : {}
}

export function writeRegistry(registry: FormulaRegistry): void {
  writeFileSync(FILE, `${JSON.stringify(registry, null, 2)}\n`)
}

/** What the formulas that are there give. */
export function registryOf(
  results: FormulaResults,
  metrics: readonly MetricDescription[] = ALL_METRICS,
): FormulaRegistry {
  return Object.fromEntries(
    metrics.map((metric) => [
      metric.name,
      {
        version: metric.formulaVersion,
        meaning: digestOfMeaning(metric),
        results: Object.fromEntries(
          [...(results.get(metric.name) ?? [])].map(([name, placed]) => [name, digestOfResults(metric, placed)]),
        ),
      },
    ]),
  )
}

/** Why what is recorded of a metric is not what is there, and what to do; undefined where it is. */
export function disagreement(name: string, recorded: FormulaRegistry, actual: FormulaRegistry): string | undefined {
  const [before, now] = [recorded[name], actual[name]]
  if (now === undefined) return before && `${name} is recorded and is no metric any more: run ${COMMAND}`
  if (before === undefined) return `${name} is not recorded yet: run ${COMMAND}`
  const changed = changesOf(before, now)
  if (before.version === now.version && changed.length > 0)
    return (
      `${name} is not what ${now.version} was: another ${changed.join(', another ')}. If that is meant, raise formulaVersion ` +
      `in ${sourceOf(name)}, then run ${COMMAND}, and name ${name} and the new version in CHANGELOG.md`
    )
  if (before.version !== now.version)
    return `${name} is recorded as ${before.version} and says ${now.version}: run ${COMMAND}, and name both in CHANGELOG.md`
  const cases = [...new Set([...Object.keys(before.results), ...Object.keys(now.results)])]
  const isSame = cases.every((one) => before.results[one] === now.results[one])
  return isSame ? undefined : `${name} is recorded with other cases than there are: run ${COMMAND}`
}

/** What of both is another; a case that only one of them has says nothing. */
function changesOf(before: RecordedFormula, now: RecordedFormula): string[] {
  const cases = Object.entries(now.results).filter(([one, digest]) => (before.results[one] ?? digest) !== digest)
  return [
    ...(before.meaning === now.meaning ? [] : ['unit, window, tier or need']),
    ...cases.map(([one]) => `result for "${one}"`),
  ]
}

/** The registry with what is new in it. A formula that changed under its old version stays as it was recorded. */
export function recordedAnew(recorded: FormulaRegistry, actual: FormulaRegistry): FormulaRegistry {
  return Object.fromEntries(
    Object.entries(actual).map(([name, now]) => {
      const before = recorded[name]
      const isChanged = before?.version === now.version && changesOf(before, now).length > 0
      return [name, isChanged ? before : now]
    }),
  )
}

function sourceOf(name: string): string {
  return `src/compute/metrics/…/${name.replaceAll('_', '-')}.ts`
}
