import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface RunningCli {
  readonly child: ChildProcess
  /** What has been printed so far. */
  out(): string
  err(): string
  readonly finished: Promise<Finished>
}

/** Starts the built program as a user would, with nothing of our environment but the path. */
export function startCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  nodeArgs: readonly string[] = [],
): RunningCli {
  const child = spawn(process.execPath, [...nodeArgs, 'bin/quant-exporter.js', ...args], {
    cwd: PROJECT_ROOT,
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const finished = new Promise<Finished>((resolve) => child.once('close', (code) => resolve({ code, out, err })))
  return { child, out: () => out, err: () => err, finished }
}

export function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  nodeArgs: readonly string[] = [],
): Promise<Finished> {
  return startCli(args, environment, nodeArgs).finished
}

/** Runs the built program with a text on its standard input. */
export function pipeToCli(text: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['bin/quant-exporter.js', ...args],
      { cwd: PROJECT_ROOT, env: { PATH: process.env.PATH ?? '' }, maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
    child.stdin?.end(text)
  })
}
