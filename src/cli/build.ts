import { readFileSync } from 'node:fs'
import type { CommandContext } from './command.js'

export interface Build {
  readonly version: string
  readonly revision: string
}

/** Version from the package, revision from the image (QUANT_EXPORTER_REVISION) where it was built into one. */
export function buildOf(environment: CommandContext['environment']): Build {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return { version, revision: environment.QUANT_EXPORTER_REVISION ?? 'unknown' }
}
