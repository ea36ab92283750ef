// What a soak needs of the machine, looked for before anything is started.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where the Debian package puts the server. */
export const POSTGRES_BINARIES = '/usr/lib/postgresql/15/bin'

/** The library that shifts the clock of a single process; undefined where it is not installed. */
export function findFaketime() {
  return readdirSync('/usr/lib')
    .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
    .find((path) => existsSync(path))
}

/** The Debian packages that are missing; none when a soak can run. */
export function missingPackages() {
  return [
    [existsSync(join(POSTGRES_BINARIES, 'postgres')), 'postgresql-15'],
    [runs('prometheus'), 'prometheus'],
    [runs('prometheus-alertmanager'), 'prometheus-alertmanager'],
    [findFaketime() !== undefined, 'faketime'],
  ].flatMap(([isThere, name]) => (isThere ? [] : [name]))
}

function runs(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}
