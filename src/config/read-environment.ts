import { nearNames } from '../lib/near-names.js'
import { type SettingName, type SettingValues, settingEntries } from './environment.js'
import type { Setting } from './setting.js'
import { didYouMean, shown } from './shown.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Variables with these beginnings are ours, and one that we do not know is a mistake. */
const OUR_PREFIXES = ['QUANT_', 'JANGAR_TORGHUT_QUANT_']
/** Kubernetes gives every pod such variables for a service named quant-exporter. */
const SERVICE_LINK_PREFIX = 'QUANT_EXPORTER_'

export interface EnvironmentReading {
  /** A malformed one has its default here, so that the others can be judged as well; the problems tell. */
  readonly values: SettingValues
  /** The settings that the environment gives and that are well-formed, as written; a secret is here as well. */
  readonly given: ReadonlyMap<SettingName, string>
  readonly malformed: ReadonlySet<SettingName>
  readonly problems: readonly string[]
}

/** Parses every variable of ours. One that is empty or blank counts as not set. */
export function readEnvironment(environment: Environment): EnvironmentReading {
  const values: Partial<Record<SettingName, unknown>> = {}
  const given = new Map<SettingName, string>()
  const malformed = new Set<SettingName>()
  const problems = unknownVariables(environment)
  for (const [name, setting] of settingEntries()) {
    values[name] = setting.fallback === undefined ? undefined : setting.format.schema.parse(setting.fallback)
    const written = environment[setting.key] ?? ''
    if (written.trim() === '') continue
    const text = setting.isSecret ? written : written.trim()
    const parsed = setting.format.schema.safeParse(text)
    if (parsed.success) {
      values[name] = parsed.data
      given.set(name, text)
    } else {
      malformed.add(name)
      problems.push(malformedProblem(setting, text))
    }
  }
  return { values: values as SettingValues, given, malformed, problems }
}

function malformedProblem({ key, unit, isSecret, format }: Setting<unknown>, text: string): string {
  const what = isSecret ? `${key} is malformed (its value is not shown)` : `${key} is ${shown(text)}`
  const allowed = unit === undefined ? format.allowed : `${format.allowed} (${unit})`
  return `${what}; it must be ${allowed}, such as ${key}=${format.example}`
}

/** Only names are told: what an unknown variable holds may be a secret. */
function unknownVariables(environment: Environment): string[] {
  const known = settingEntries().map(([, { key }]) => key)
  return Object.keys(environment)
    .filter((key) => environment[key] !== undefined && !known.includes(key) && !key.startsWith(SERVICE_LINK_PREFIX))
    .filter((key) => OUR_PREFIXES.some((prefix) => key.startsWith(prefix)))
    .sort()
    .map((key) => {
      const near = nearNames(key, known)
      return `${key} is not a setting${near.length > 0 ? didYouMean(near) : '; remove it, or see docs/configuration.md for all settings'}`
    })
}
