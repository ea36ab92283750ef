import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCalendars } from '../../src/domain/calendars.js'
import type { BookFrame, FrameSet } from '../../src/domain/frame.js'
import type { FrameReader } from '../../src/domain/ports.js'
import { StreamHub, type StreamOptions } from '../../src/snapshot-api/stream/stream-hub.js'
import { alertBoard } from './alerts.js'
import { frameReader, SMALL_DICTIONARY, T } from './frames.js'
import { BASE, testApi } from './snapshot-api.js'

export interface StreamServer {
  readonly hub: StreamHub
  /** The address of the stream, with a query. */
  url(query?: string): string
  /** Frames are these books at the next second, and everybody hears of it. */
  tick(books: readonly BookFrame[]): FrameSet
  /** Another clock than T, for beats and those who are stuck. */
  passMs(durationMs: number): void
  readonly seen: {
    clients: number
    conflated: number
    readonly disconnected: string[]
    readonly refused: string[]
    delivered: number
  }
  stop(): Promise<void>
}

/** The API with a stream, over books of the test's, on a port of its own. */
export async function startStreamServer(
  books: readonly BookFrame[] | 'warming_up',
  options: Partial<StreamOptions> = {},
): Promise<StreamServer> {
  let at = T
  let nowMs = 1_000_000
  let reader: FrameReader =
    books === 'warming_up' ? frameReader({ state: 'warming_up' }) : frameReader({ books, stamp: { at }, now: at })
  const seen: StreamServer['seen'] = { clients: 0, conflated: 0, disconnected: [], refused: [], delivered: 0 }
  const current: FrameReader = {
    state: () => reader.state(),
    frames: () => reader.frames(),
    strategies: () => reader.strategies(),
    health: () => reader.health(),
    now: () => reader.now(),
    alive: () => true,
  }
  const hub = new StreamHub({
    reader: current,
    ...{ dictionary: SMALL_DICTIONARY, calendars: createCalendars(), alerts: alertBoard() },
    ...{ heartbeatMs: 10_000, maxBufferBytes: 1_048_576, maxClients: 100, maxClientsAnAddress: 100 },
    observer: {
      clients: (count) => {
        seen.clients = count
      },
      delivered: () => {
        seen.delivered += 1
      },
      conflated: () => {
        seen.conflated += 1
      },
      disconnected: (reason) => void seen.disconnected.push(reason),
      refused: (reason) => void seen.refused.push(reason),
    },
    nowMs: () => nowMs,
    random: () => 0.5,
    ...options,
  })
  const dictionary = options.dictionary ?? SMALL_DICTIONARY
  const { app } = testApi(current, { stream: hub, dictionary })
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  const { port } = server.address() as AddressInfo
  return {
    hub,
    seen,
    url: (query = '') => `http://127.0.0.1:${port}${BASE}/stream${query}`,
    tick(next) {
      at += 1_000
      nowMs += 1_000
      reader = frameReader({ books: next, stamp: { at }, now: at })
      const set = reader.frames()
      if (set === undefined) throw new Error('no frames')
      hub.publish(set)
      return set
    },
    passMs(durationMs) {
      nowMs += durationMs
    },
    async stop() {
      hub.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
