import { spawnSync } from 'node:child_process'

/** Whether a program is installed; with CI=true a missing one is an error that names its package. */
export function hasProgram(program: string, packageName: string): boolean {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
  if (!found && process.env.CI === 'true') throw new Error(`${program} is missing: apt-get install ${packageName}`)
  return found
}
