import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './until.js'

/** Nobody's user, as the image names it. */
export const NOBODY = 65_532
const ISOLATED = ['unshare', '--mount', '--pid', '--fork', '--kill-child']
const READ_ONLY_ROOT = 'mount --make-rprivate / && mount -o remount,ro,bind /'
const AS_NOBODY = [
  ...['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
  ...['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'],
]

/** What may be taken away from a program here; where something may not, why. */
export interface Confinement {
  readonly user: true | string
  readonly readOnlyRoot: true | string
  readonly memory: true | string
}

/** A program that runs as a container runs it, as far as that is possible here. */
export interface ConfinedProgram {
  /** As seen from here. */
  readonly pid: number
  readonly hasEnded: boolean
  /** What it has printed so far. */
  out(): string
  /** The most memory that it had at any time, files that it read included; undefined: it has no limit. */
  peakBytes(): number | undefined
  /** Resolves with the exit code after the signal; null: something else ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

export function possibleConfinement(): Confinement {
  const isRoot = process.getuid?.() === 0
  const [unshare = '', ...args] = ISOLATED
  const mayIsolate = isRoot && spawnSync(unshare, [...args, 'sh', '-c', READ_ONLY_ROOT]).status === 0
  return {
    user: isRoot || 'the tests do not run as root',
    readOnlyRoot: mayIsolate || 'unshare and mount are not allowed',
    memory: (isRoot && mayLimitMemory()) || 'no cgroup with a limit of memory can be made',
  }
}

/**
 * Starts node in a folder with the environment given and no other: as a user without any capability, as the first process
 * of its own, on a root that cannot be written to, within a limit of memory.
 */
export async function startConfined(
  { user, readOnlyRoot, memory }: Confinement,
  memoryBytes: number,
  cwd: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ConfinedProgram> {
  const group = memory === true ? makeGroup(memoryBytes) : undefined
  const steps = [
    ...(group === undefined ? [] : [`echo 0 > ${group.folder}/cgroup.procs`]),
    // Mounts do not follow the shell into the folder again by themselves.
    ...(readOnlyRoot === true ? [READ_ONLY_ROOT, `cd '${cwd}'`] : []),
    'exec "$@"',
  ]
  const [program = '', ...rest] = [
    ...(readOnlyRoot === true ? ISOLATED : []),
    ...['sh', '-c', steps.join(' && '), 'sh'],
    ...(user === true ? AS_NOBODY : []),
    ...[process.execPath, ...args],
  ]
  const child = spawn(program, rest, { cwd, env: { PATH: process.env.PATH, ...environment } })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
  }
  const finished = new Promise<number | null>((resolve) => child.once('close', resolve)).finally(group?.remove)
  const { pid: outer } = child
  if (outer === undefined) throw new Error(`${program} cannot be started`)
  const pid = readOnlyRoot === true ? await childOf(outer) : outer
  return {
    pid,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null
    },
    out: () => out,
    peakBytes: () => group?.peakBytes(),
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) process.kill(pid, signal)
      return finished
    },
  }
}

async function childOf(pid: number): Promise<number> {
  let found = 0
  await until(() => {
    found = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
    return found > 0
  })
  return found
}

/** The files of a cgroup, of the second version or of the first. */
const MEMORY = existsSync('/sys/fs/cgroup/cgroup.controllers')
  ? { root: '/sys/fs/cgroup', limit: 'memory.max', peak: 'memory.peak' }
  : { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes' }

function makeGroup(bytes: number) {
  const folder = join(MEMORY.root, `quant-test-${process.pid}`)
  mkdirSync(folder)
  try {
    writeFileSync(join(folder, MEMORY.limit), String(bytes))
  } catch (error) {
    rmdirSync(folder)
    throw error
  }
  return {
    folder,
    peakBytes: () => Number(readFileSync(join(folder, MEMORY.peak), 'utf8')),
    remove: () => rmdirSync(folder),
  }
}

function mayLimitMemory(): boolean {
  try {
    makeGroup(1 << 28).remove()
    return true
  } catch (error) {
    // Not permitted, read-only, or without the controller of memory: whatever the system says, there is no limit then.
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
