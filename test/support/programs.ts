import { spawnSync } from 'node:child_process'

/** Whether a program is installed; with CI=true a missing one is an error that names its package. */
export function hasProgram(program: string, packageName: string): boolean {
  return isThere(program, `apt-get install ${packageName}`)
}

/** The same of what the chart's suite uses, which is no package of Debian. */
export function hasChartTool(program: 'helm' | 'kubeconform' | 'kubectl'): boolean {
  return isThere(program, 'scripts/install-chart-tools.sh')
}

function isThere(program: string, install: string): boolean {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
  if (!found && process.env.CI === 'true') throw new Error(`${program} is missing: ${install}`)
  return found
}
