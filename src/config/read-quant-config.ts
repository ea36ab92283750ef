import { QuantErrors } from '../domain/errors.js'
import { SETTINGS } from './environment.js'
import { EMPTY_QUANT_CONFIG, parseQuantConfig, type QuantConfigFile } from './quant-config-file.js'
import { type ReadFile, readSettingFile } from './setting-file.js'

/** The file that QUANT_CONFIG names; with problems the result is not to be used. */
export function readQuantConfig(path: string, readFile: ReadFile, problems: string[]): QuantConfigFile {
  const { key } = SETTINGS.configFile
  const text = readSettingFile(key, path, readFile, problems)
  if (text === undefined) return EMPTY_QUANT_CONFIG
  const inFile: string[] = []
  const file = parseQuantConfig(text, inFile)
  problems.push(...inFile.map((problem) => `${key} (${path}): ${problem}`))
  return file
}

/** The same while the process runs. Throws QuantErrors `configuration_invalid` with all problems at once. */
export function rereadQuantConfig(path: string, readFile: ReadFile): QuantConfigFile {
  const problems: string[] = []
  const file = readQuantConfig(path, readFile, problems)
  if (problems.length > 0) throw new QuantErrors('configuration_invalid', 'The configuration is not valid', problems)
  return file
}
