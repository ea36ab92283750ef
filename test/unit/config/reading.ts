import { type Config, readConfig } from '../../../src/config/config.js'
import type { Environment } from '../../../src/config/read-environment.js'
import { QuantErrors } from '../../../src/domain/errors.js'

export interface Surroundings {
  readonly files?: Readonly<Record<string, string>>
  readonly isTerminal?: boolean
}

/** The configuration of an environment and of files that exist in memory only. */
export function configOf(environment: Environment, { files = {}, isTerminal = false }: Surroundings = {}): Config {
  return readConfig({
    environment,
    isTerminal,
    readFile: (path) => {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
      return text
    },
  })
}

/** What is wrong with an environment; empty when nothing is. */
export function problemsOf(environment: Environment, surroundings?: Surroundings): readonly string[] {
  try {
    configOf(environment, surroundings)
  } catch (error) {
    if (error instanceof QuantErrors && error.code === 'configuration_invalid') return error.problems
    throw error
  }
  return []
}
