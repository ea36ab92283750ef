import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createIncidentClient, type IncidentClient } from '../../src/app/incident-client.js'
import type { AlertBody, SnapshotBody } from '../../src/snapshot-api/schemas.js'
import { alertsSchema, snapshotSchema, strategiesSchema } from '../../src/snapshot-api/schemas.js'
import { startCli } from './process.js'
import { until } from './until.js'

const BASE = '/api/torghut/trading/control-plane/quant'

/** A demo in a process of its own. */
export interface RunningDemo {
  /** Host and port of its metrics. */
  readonly target: string
  readonly incidents: IncidentClient
  /** Where the simulated rows are. */
  readonly databases: { readonly postgres: string; readonly clickhouse: string }
  /** What a path is answered with. */
  get(path: string): Promise<Response>
  /** The episodes that /alerts tells of: all, or those that are open, which it tells without its store too. */
  episodes(state?: 'all' | 'open'): Promise<readonly AlertBody[]>
  /** The day of the first book of an account. */
  snapshot(account: string): Promise<SnapshotBody>
  err(): string
  stop(): Promise<void>
}

/**
 * A demo that has frames, or one that listens.
 *
 * @param words what follows `demo`; limits of alerts are in the file that `environment` names
 */
export async function startDemo(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  { until: state = 'ready' }: { readonly until?: 'listening' | 'ready' } = {},
): Promise<RunningDemo> {
  const folder = mkdtempSync(join(tmpdir(), 'quant-demo-'))
  const cli = startCli(['demo', ...words], {
    ...{ QUANT_LISTEN: '127.0.0.1:0', TMPDIR: folder },
    ...environment,
  })
  const found = (pattern: RegExp) => pattern.exec(cli.out())?.[1] ?? ''
  const stop = async () => {
    cli.child.kill('SIGTERM')
    await cli.finished
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until(() => cli.child.exitCode !== null || cli.out().includes('start here'), 120_000)
    const url = found(/start here\s+(\S+)\//)
    const incidents = createIncidentClient(new URL(found(/incidents\s+(\S+)\/incidents/)), new AbortController().signal)
    const get = (path: string) => persistently(() => fetch(`${url}${path}`))
    if (state === 'ready') await until(async () => (await get('/readyz')).status === 200, 240_000, 100)
    const ask = async (path: string): Promise<unknown> => (await get(`${BASE}${path}`)).json()
    return {
      target: new URL(url).host,
      databases: { postgres: found(/databases\s+(\S+)/), clickhouse: found(/databases\s+\S+\s+(\S+)/) },
      get,
      incidents: {
        list: () => persistently(() => incidents.list()),
        start: (name, forMs) => persistently(() => incidents.start(name, forMs)),
        stop: (name) => persistently(() => incidents.stop(name)),
      },
      episodes: async (state = 'all') => alertsSchema.parse(await ask(`/alerts?state=${state}&limit=1000`)).alerts,
      async snapshot(account) {
        const { strategies } = strategiesSchema.parse(await ask('/strategies'))
        const id = strategies.find(({ accounts }) => accounts.includes(account))?.strategy_id
        return snapshotSchema.parse(await ask(`/snapshot?strategy_id=${id}&account=${account}&window=1d`))
      },
      err: cli.err,
      stop,
    }
  } catch (error) {
    await stop()
    throw new Error(`the demo did not start: ${cli.err()}`, { cause: error })
  }
}

const ATTEMPTS = 5

/** A busy server may end an idle connection in the moment in which it is used again: what can be asked twice is. */
async function persistently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}
