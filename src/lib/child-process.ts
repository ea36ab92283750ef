import { type ChildProcess, fork } from 'node:child_process'

export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Why a child never became ready: it ended first, took too long, or could not be started at all. */
export class ChildStartError extends Error {
  override readonly name = 'ChildStartError'
  constructor(
    message: string,
    /** The end of what the child wrote to its error stream; may be empty. */
    readonly stderrTail: string,
  ) {
    super(message)
  }
}

export interface ChildOptions<Ready> {
  /** A JavaScript file that talks over the IPC channel and ends when that channel closes. */
  readonly modulePath: string
  readonly args: readonly string[]
  /** The child's whole environment: nothing of the parent's leaks into it, secrets least of all. */
  readonly environment: Readonly<Record<string, string>>
  readonly readyWithinMs: number
  /** How long `stop()` waits for the child to leave by itself, its channel closed, before it is killed; 0 kills it at once. */
  readonly stopWithinMs: number
  /** Aborting it while the child starts ends the child; afterwards it has no effect. */
  readonly signal?: AbortSignal
  /** Given every message before ready: undefined means "not yet"; what it throws fails the start. */
  readonly readReady: (message: unknown) => Ready | undefined
  /** Given every message after ready. */
  readonly onMessage?: (message: unknown) => void
  /** Called once when the child ends without `stop()` having been called. */
  readonly onExit?: (exit: ChildExit) => void
}

export interface RunningChild<Ready> {
  readonly pid: number
  readonly ready: Ready
  /** Resolves when the message is handed to the channel; rejects when the child is gone. */
  send(message: object): Promise<void>
  /** Idempotent; resolves when the process has ended, at the latest shortly after `stopWithinMs`. */
  stop(): Promise<void>
}

const STDERR_TAIL_CHARACTERS = 4096

/**
 * Starts a Node process with an IPC channel and waits until it says that it is ready.
 *
 * The channel closes when the parent ends, however it ends: a child that ends on `disconnect` never outlives it. When
 * the start fails, whatever the reason, no process is left.
 *
 * @throws ChildStartError when the child ends or is silent before ready; else what `readReady` or the signal threw.
 */
export async function startChild<Ready>(options: ChildOptions<Ready>): Promise<RunningChild<Ready>> {
  options.signal?.throwIfAborted()
  const child = fork(options.modulePath, [...options.args], {
    env: { ...options.environment },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const stderrTail = collectStderrTail(child)
  let stopping: Promise<void> | undefined
  let ready = false
  const exited = waitForExit(child, (exit) => {
    if (ready && stopping === undefined) options.onExit?.(exit)
  })
  const stop = (): Promise<void> => {
    stopping ??= endChild(child, exited, options.stopWithinMs)
    return stopping
  }
  try {
    const answer = await waitForReady(child, exited, stderrTail, options)
    ready = true
    child.on('message', (message) => options.onMessage?.(message))
    return { pid: child.pid ?? -1, ready: answer, send: (message) => sendMessage(child, message), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function collectStderrTail(child: ChildProcess): () => string {
  let tail = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_TAIL_CHARACTERS)
  })
  return () => tail.trim()
}

/** Resolves when the process has ended or could not be started; a failed kill or send is not an end. */
function waitForExit(child: ChildProcess, whenExited: (exit: ChildExit) => void): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      whenExited({ code, signal })
      resolve({ code, signal })
    })
    child.on('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null })
    })
  })
}

async function endChild(child: ChildProcess, exited: Promise<ChildExit>, stopWithinMs: number): Promise<void> {
  const kill = () => child.kill('SIGKILL')
  if (stopWithinMs === 0) kill()
  else if (child.connected) child.disconnect()
  const killTimer = setTimeout(kill, stopWithinMs)
  await exited
  clearTimeout(killTimer)
  child.stderr?.destroy()
}

function waitForReady<Ready>(
  child: ChildProcess,
  exited: Promise<ChildExit>,
  stderrTail: () => string,
  options: ChildOptions<Ready>,
): Promise<Ready> {
  return new Promise<Ready>((resolve, reject) => {
    const onMessage = (message: unknown) => {
      try {
        const ready = options.readReady(message)
        if (ready !== undefined) settle(() => resolve(ready))
      } catch (error) {
        settle(() => reject(error))
      }
    }
    const onAbort = () => settle(() => reject(options.signal?.reason))
    const onTimeout = () => {
      settle(() =>
        reject(new ChildStartError(`it was not ready within ${options.readyWithinMs / 1000} s`, stderrTail())),
      )
    }
    const timer = setTimeout(onTimeout, options.readyWithinMs)
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      child.off('message', onMessage)
      options.signal?.removeEventListener('abort', onAbort)
      finish()
    }
    child.on('message', onMessage)
    child.once('error', (error) => settle(() => reject(new ChildStartError(error.message, stderrTail()))))
    options.signal?.addEventListener('abort', onAbort, { once: true })
    void exited.then((exit) => settle(() => reject(new ChildStartError(describeExit(exit), stderrTail()))))
  })
}

function describeExit({ code, signal }: ChildExit): string {
  return signal === null
    ? `it ended with exit code ${code} before it was ready`
    : `it was ended by ${signal} before it was ready`
}

function sendMessage(child: ChildProcess, message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!child.connected) reject(new Error('the child process is gone'))
    else child.send(message, (error) => (error === null ? resolve() : reject(error)))
  })
}
