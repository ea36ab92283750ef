// A thousand clients of the stream on loopback, a hundred books that all change every second: how old an event is when a
// client has it. 900 clients have one book each, 100 all books; 50 of these never read.
import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { nearNames } from '../../dist/lib/near-names.js'
import { createSnapshotApi } from '../../dist/snapshot-api/snapshot-api.js'
import { StreamHub } from '../../dist/snapshot-api/stream/stream-hub.js'
import { CALENDARS } from './engine.mjs'
import { createWorld } from './live-books.mjs'

const BOOKS = 100
const PATH = '/api/torghut/trading/control-plane/quant/stream'

export async function benchStream({ minutes }) {
  const world = createWorld(BOOKS)
  // Its T is of a session; the wall clock of each T is told to the clients, who ask how old what they got is.
  let now = Math.floor(Date.parse('2026-11-20T19:30:00Z') / 1000) * 1000
  let frames = world.tick(now)
  const reader = {
    state: () => 'ready',
    frames: () => frames,
    strategies: () => world.strategies(),
    now: () => now,
    alive: () => true,
  }
  const alerts = { isShadow: false, revision: 0, open: () => [], find: () => ({ alerts: [] }) }
  const counts = { conflated: 0, stuck: 0, buffer_full: 0 }
  const hub = new StreamHub({
    ...{ reader, alerts, dictionary: DICTIONARY, calendars: CALENDARS, heartbeatMs: 15_000, maxBufferBytes: 1_048_576 },
    ...{ maxClients: 2_000, maxClientsAnAddress: 2_000, nowMs: () => performance.now(), random: Math.random },
    observer: {
      clients: () => undefined,
      delivered: () => undefined,
      conflated: () => {
        counts.conflated += 1
      },
      disconnected: (reason) => {
        counts[reason] += 1
      },
      refused: () => undefined,
    },
  })
  const app = createSnapshotApi({
    ...{ reader, alerts, dictionary: DICTIONARY, calendars: CALENDARS, nearNames, stream: hub, isLoopback: true },
    ...{ apiEnabled: true, enabledVariable: '', build: { version: '0', revision: '0' } },
    log: { error: console.error, debug: () => undefined },
  })
  const server = createServer(app)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}${PATH}`
  const clients = fork(fileURLToPath(new URL('stream-clients.mjs', import.meta.url)), [url, String(BOOKS)])
  await new Promise((resolve) => clients.once('message', resolve))

  const rss = []
  const publishMs = []
  const until = performance.now() + minutes * 60_000
  while (performance.now() < until) {
    const dueMs = performance.now() + 1000
    now += 1000
    frames = world.tick(now)
    clients.send({ now, at: Date.now() })
    const startedMs = performance.now()
    hub.publish(frames)
    publishMs.push(performance.now() - startedMs)
    rss.push(process.memoryUsage().rss / 2 ** 20)
    await sleep(Math.max(0, dueMs - performance.now()))
  }
  clients.send('report')
  const report = await new Promise((resolve) => clients.once('message', resolve))
  hub.close()
  server.closeAllConnections()
  server.close()
  clients.kill()
  console.log(`\nstream: 1,000 clients, ${BOOKS} books, ${minutes} min; compute → client, in ms`)
  console.table(report)
  console.table([
    {
      'publish p50 ms': Math.round(quantile(publishMs, 0.5)),
      'publish p99 ms': Math.round(quantile(publishMs, 0.99)),
      'RSS at first MiB': Math.round(rss[5] ?? rss[0]),
      'RSS at last MiB': Math.round(rss.at(-1)),
      conflated: counts.conflated,
      'sent away': counts.stuck + counts.buffer_full,
    },
  ])
}

function quantile(values, share) {
  return [...values].sort((left, right) => left - right)[Math.floor(share * (values.length - 1))]
}
