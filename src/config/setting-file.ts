/** Reads a whole text file; throws as node's own functions do. */
export type ReadFile = (path: string) => string

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this process may not read it',
  EISDIR: 'it is a folder',
  EFBIG: 'it is larger than 4 MiB',
}

/**
 * The text of a file that a setting names; what is wrong goes to the problems and undefined comes back.
 *
 * The path is not told again: somebody may have written the secret itself where its file belongs.
 */
export function readSettingFile(key: string, path: string, readFile: ReadFile, problems: string[]): string | undefined {
  try {
    return readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    problems.push(`${key} names a file that cannot be read: ${REASONS[code] ?? code}`)
    return undefined
  }
}
