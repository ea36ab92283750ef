// What a soak needs of the machine, looked for before anything is started.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { POSTGRES } from '../postgres-server.mjs'

/** The library that shifts the clock of a single process; undefined where it is not installed. */
export function findFaketime() {
  return readdirSync('/usr/lib')
    .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
    .find((path) => existsSync(path))
}

/** The Debian packages that are missing; none when a soak can run. */
export function missingPackages() {
  return [
    [existsSync(POSTGRES), 'postgresql-15'],
    [runs('prometheus'), 'prometheus'],
    [runs('prometheus-alertmanager'), 'prometheus-alertmanager'],
    [findFaketime() !== undefined, 'faketime'],
  ].flatMap(([isThere, name]) => (isThere ? [] : [name]))
}

function runs(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}
