import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What tsc makes of tsconfig.page.json: the page's script and what it imports, each a module. */
const FOLDER = new URL('../../../dist/page/', import.meta.url)
const PREFIX = '/live/modules/'

export const SCRIPT_PATHS = `${PREFIX}*path`
/** Relative to the page. */
export const ENTRY = `${PREFIX.slice(1)}live-page/main.js`

/**
 * Gives the text of a script by its path; undefined for what is none of them. All are read when the first is asked for,
 * and nothing that a path says reaches the file system.
 */
export function scriptReader(): (path: string) => string | undefined {
  let scripts: ReadonlyMap<string, string> | undefined
  return (path) => {
    scripts ??= readScripts()
    return scripts.get(path)
  }
}

function readScripts(): ReadonlyMap<string, string> {
  const names = readdirSync(fileURLToPath(FOLDER), { recursive: true, encoding: 'utf8' })
  return new Map(
    names
      .filter((name) => name.endsWith('.js'))
      .map((name) => [`${PREFIX}${name.replaceAll('\\', '/')}`, readFileSync(new URL(name, FOLDER), 'utf8')]),
  )
}
