import { SETTINGS } from './environment.js'
import type { EnvironmentReading } from './read-environment.js'
import { type ReadFile, readSettingFile } from './setting-file.js'

/** Secrets that may be given in a file of their own, each with the setting that names it. */
export const SECRETS_IN_FILES = [
  ['torghutDsn', 'torghutDsnFile'],
  ['clickhousePassword', 'clickhousePasswordFile'],
  ['storeDsn', 'storeDsnFile'],
  ['seriesClickhouseUrl', 'seriesClickhouseUrlFile'],
] as const

/**
 * The reading with the secrets in it that stand in files. One whose file says nothing counts as malformed, so that
 * nobody goes on to say that it is not set.
 */
export function withSecretFiles(
  reading: EnvironmentReading,
  readFile: ReadFile,
  problems: string[],
): EnvironmentReading {
  const values = { ...reading.values }
  const malformed = new Set(reading.malformed)
  for (const [inline, inFile] of SECRETS_IN_FILES) {
    const path = values[inFile]
    if (path === undefined) continue
    const before = problems.length
    const [key, fileKey] = [SETTINGS[inline].key, SETTINGS[inFile].key]
    if (values[inline] !== undefined) problems.push(`${key} and ${fileKey} are both set; keep one`)
    const text = problems.length > before ? undefined : readSettingFile(fileKey, path, readFile, problems)
    if (text?.trim() === '') problems.push(`${fileKey} names a file that holds nothing`)
    // Editors and secret stores end a file with a line break that is no part of the secret.
    values[inline] = problems.length > before ? undefined : text?.replace(/\r?\n$/, '')
    if (problems.length > before) malformed.add(inline)
  }
  return { ...reading, values, malformed }
}
