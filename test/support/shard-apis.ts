import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import type { FrameReader } from '../../src/domain/ports.js'
import { ShardOwnership } from '../../src/domain/shards.js'
import type { SnapshotApiOptions } from '../../src/snapshot-api/snapshot-api.js'
import { testApi } from './snapshot-api.js'

/** The first strategy of `s0`, `s1` … whose book in an account is on this shard. */
export function strategyOn(index: number, { account = 'PA-1', count = 2 } = {}): string {
  const ownership = new ShardOwnership({ index, count })
  for (let number = 0; ; number += 1) if (ownership.owns({ strategyId: `s${number}`, account })) return `s${number}`
}

/** The first account of `A0`, `A1` … in which the book of a strategy is on this shard. */
export function accountOn(index: number, strategyId: string, count = 2): string {
  const ownership = new ShardOwnership({ index, count })
  for (let number = 0; ; number += 1) if (ownership.owns({ strategyId, account: `A${number}` })) return `A${number}`
}

/** Shard 0 of two, which knows where the other is, or nobody's address. */
export function shardApi(
  reader: FrameReader,
  peers: readonly string[] | undefined,
  options: Partial<SnapshotApiOptions> = {},
): Express {
  const ownership = new ShardOwnership({ index: 0, count: 2 })
  return testApi(reader, { shards: { ownership, peers, patienceMs: 1_000 }, ...options }).app
}

export interface Listening {
  readonly url: string
  stop(): Promise<void>
}

/** What answers on a port of its own. */
export async function listening(app: Express | Server): Promise<Listening> {
  const server = await new Promise<Server>((resolve) => {
    const begun: Server = app.listen(0, '127.0.0.1', () => resolve(begun))
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
