import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import {
  type ClickHouseHttpFront,
  type ClickHouseHttpFrontOptions,
  createClickHouseHttpFront,
} from '../../src/embedded/clickhouse-http-front.js'
import type { ClickHouseStatement } from '../../src/embedded/clickhouse-request.js'
import { type EmbeddedEngines, type EmbeddedOptions, startEmbedded } from '../../src/embedded/embedded.js'
import { type EmbeddedClickHouse, startEmbeddedClickHouse } from '../../src/embedded/embedded-clickhouse.js'

/** Where the build puts the child modules: tests run from sources, processes do not. */
export const builtEmbeddedFolder = fileURLToPath(new URL('../../dist/embedded', import.meta.url))

/** Real engines for a suite; the suite calls `stop()` in afterAll. */
export function startTestEngines(options: EmbeddedOptions = {}): Promise<EmbeddedEngines> {
  if (!existsSync(builtEmbeddedFolder)) {
    throw new Error(`${builtEmbeddedFolder} is missing: run "npm run build" before the integration tests`)
  }
  return startEmbedded({ childDirectory: builtEmbeddedFolder, ...options })
}

/** ClickHouse alone, for a suite that has another Postgres. */
export async function startTestClickHouse(): Promise<{
  readonly clickhouse: EmbeddedClickHouse
  stop(): Promise<void>
}> {
  return startEmbeddedClickHouse({
    ...{ port: 0, childDirectory: builtEmbeddedFolder, temporaryDirectory: tmpdir() },
    signal: new AbortController().signal,
    onExit: () => undefined,
  })
}

export interface TestFront extends ClickHouseHttpFront {
  readonly url: string
  /** What the engine was asked, in order. */
  readonly asked: readonly ClickHouseStatement[]
  post(path: string, body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Response>
}

/** ClickHouse's HTTP front on a free port, before a function instead of an engine; the test closes it. */
export async function startTestFront(run: ClickHouseHttpFrontOptions['run'], maxBodyBytes = 1000): Promise<TestFront> {
  const asked: ClickHouseStatement[] = []
  const remember = (statement: ClickHouseStatement) => {
    asked.push(statement)
    return run(statement)
  }
  const front = createClickHouseHttpFront({ run: remember, maxBodyBytes })
  const url = `http://127.0.0.1:${await front.listen(0)}`
  return {
    ...front,
    url,
    asked,
    post: (path, body, headers = {}) => fetch(`${url}${path}`, { method: 'POST', body, headers }),
  }
}

/**
 * True while a process of this id runs. One that has ended and only waits for its new parent to take note of it (an
 * orphan of a killed parent may do so for seconds) does not.
 */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
  if (process.platform !== 'linux') return true
  try {
    // "<pid> (<name>) <state> …"; the name may hold anything, a parenthesis too.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith('Z')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return false
    throw error
  }
}
