import { setTimeout as sleep } from 'node:timers/promises'
import type { BookFrame } from '../../src/domain/frame.js'
import { alertBody } from '../../src/snapshot-api/alert-body.js'
import { alertSchema } from '../../src/snapshot-api/schemas.js'
import { episode } from '../support/alerts.js'
import { EventClient } from '../support/event-stream.js'
import { bookFrame, frameReader, missing, T, value } from '../support/frames.js'
import { get } from '../support/snapshot-api.js'
import { type StreamServer, startStreamServer } from '../support/stream-server.js'
import { until } from '../support/until.js'

/** A book whose PnL is `pnl`, at its `seq`th change. */
const book = (seq: number, pnl: number, parts: Parameters<typeof bookFrame>[0] = {}) =>
  bookFrame({ seq, results: { net_pnl: value(pnl) }, ...parts })
const other = (seq: number, pnl: number) => book(seq, pnl, { strategyId: 'mean-2', account: 'PA-2' })

describe('/stream', () => {
  let server: StreamServer
  const clients: EventClient[] = []

  const start = async (...[books, options]: Parameters<typeof startStreamServer>) => {
    server = await startStreamServer(books, options)
    return server
  }
  const listen = async (query = '', client = new EventClient(), headers = {}) => {
    clients.push(client)
    await client.connect(server.url(query), headers)
    return client
  }
  const events = (client: EventClient, count: number) => until(() => client.events.length >= count)

  afterEach(async () => {
    for (const client of clients.splice(0)) {
      client.cut()
      expect(client.faults).toEqual([])
    }
    await server?.stop()
  })

  test('begins with a snapshot of each book, and is what proxies pass on', async () => {
    await start([other(9, 2), book(7, 1)])
    const client = await listen()
    await events(client, 2)
    expect([client.status, client.headers['content-type'], client.headers['cache-control']]).toEqual([
      ...[200, 'text/event-stream; charset=utf-8', 'no-store, no-transform'],
    ])
    expect([client.headers['x-accel-buffering'], client.retryMs]).toEqual(['no', 2_000])
    expect(client.events.map(({ event }) => event)).toEqual(['quant.metrics.snapshot', 'quant.metrics.snapshot'])
    expect(client.body(0)).toMatchObject({ strategy_id: 'mean-2', window: '1d', frame_seq: 9 })
    expect(client.body(1)).toMatchObject({ strategy_id: 'momentum-1', account: 'PA-1', frame_seq: 7 })
    // An id only when all is there: who is cut off before starts anew.
    expect(client.events.map(({ id }) => id)).toEqual(['', expect.stringMatching(/^e1\.[0-9a-f]{12}\.0$/)])
    expect(server.seen.clients).toBe(1)
  })

  test('is one book where it is named, in the window that is asked for', async () => {
    await start([book(7, 1), other(9, 2)])
    const client = await listen('?strategy_id=mean-2&account=PA-2&window=5m')
    server.tick([book(8, 5), other(10, 6)])
    await events(client, 2)
    expect(client.events).toHaveLength(2)
    expect(client.body(0)).toMatchObject({ strategy_id: 'mean-2', window: '5m', frame_seq: 9 })
    expect(client.body(1)).toEqual({
      ...{ strategy_id: 'mean-2', account: 'PA-2', window: '5m', frame_seq: 10, prev_frame_seq: 9 },
      frame_as_of: '2026-03-10T16:00:01.250Z',
      changed: [{ metric_name: 'net_pnl', value: 6, status: 'ok', quality: 'good', as_of: '2026-03-10T15:59:58.950Z' }],
    })
  })

  test('tells only what is another: a value, a status with its reason, a quality', async () => {
    await start([book(7, 1)])
    const client = await listen()
    server.tick([book(8, 1, { results: { net_pnl: value(1), cost_bps: missing('no_fills') } })])
    const sources = { prices: { asOf: T - 900_000, stale: true } }
    server.tick([book(9, 1, { results: { net_pnl: value(1), cost_bps: missing('no_fills') }, sources })])
    await events(client, 3)
    expect(client.body(1)).toMatchObject({
      changed: [{ metric_name: 'cost_bps', value: null, status: 'insufficient_data', reason: 'no_fills' }],
    })
    const { changed } = client.body(2) as { changed: { metric_name: string; quality: string }[] }
    expect(changed.map(({ metric_name, quality }) => `${metric_name} ${quality}`)).toEqual([
      ...['net_pnl stale', 'gross_exposure stale', 'position_concentration_top1_pct stale'],
    ])
  })

  test('is silent where nothing has changed, but not for more than five seconds', async () => {
    await start([book(7, 1)])
    const client = await listen()
    await events(client, 1)
    for (let second = 0; second < 12; second += 1) server.tick([book(7, 1)])
    await events(client, 3)
    expect(client.events.length).toBeLessThanOrEqual(4)
    expect(client.body(1)).toMatchObject({ changed: [], frame_seq: 7, prev_frame_seq: 7 })
    const { groups } = client.body(1) as { groups: { group: string; quality: string }[] }
    expect(groups.map(({ group, quality }) => `${group} ${quality}`)).toEqual([
      ...['performance good', 'risk_adjusted insufficient_data', 'exposure good'],
    ])
  })

  test('counts on where a change was in another window: each delta follows the last event', async () => {
    await start([book(7, 1)])
    const client = await listen('?window=1h')
    await events(client, 1)
    server.tick([book(8, 1, { inWindows: { '5m': { net_pnl: value(99) } } })])
    server.tick([book(9, 2)])
    await events(client, 2)
    expect(client.body(1)).toMatchObject({ frame_seq: 9, prev_frame_seq: 7 })
  })

  test('a late comer holds what everybody holds', async () => {
    await start([book(7, 1)])
    const early = await listen()
    server.tick([book(8, 2)])
    // Nothing of the window changes, so nobody is told of 9.
    server.tick([book(9, 2, { inWindows: { '5m': { net_pnl: value(99) } } })])
    const late = await listen()
    await events(late, 1)
    expect(late.body(0)).toMatchObject({ frame_seq: 8, frame_as_of: '2026-03-10T16:00:02.250Z' })
    server.tick([book(10, 3)])
    await until(() => early.events.length === 3 && late.events.length === 2)
    expect(late.body(1)).toEqual(early.body(2))
  })

  test('a book that becomes live begins with a snapshot', async () => {
    await start([book(7, 1)])
    const client = await listen()
    await events(client, 1)
    server.tick([book(7, 1), other(1, 5)])
    server.tick([book(7, 1), other(2, 6)])
    await events(client, 3)
    expect(client.events.slice(1).map(({ event }) => event)).toEqual(['quant.metrics.snapshot', 'quant.metrics.delta'])
    expect(client.books.get('mean-2 PA-2 1d')?.seq).toBe(2)
  })

  test('alerts pass whatever the window, to those who asked for the book', async () => {
    await start([book(7, 1), other(9, 2)])
    const [all, mine, theirs] = [
      await listen('?window=5m'),
      await listen('?strategy_id=momentum-1'),
      await listen('?strategy_id=mean-2'),
    ]
    await until(() => all.events.length === 2 && mine.events.length === 1 && theirs.events.length === 1)
    const opened = episode(1, { summary: 'over\r\n\u2028the limit' })
    const resolved = { ...opened, resolved: { at: T + 9_000, reason: 'recovered' } } as const
    server.hub.publishAlert(opened)
    server.hub.publishAlert(resolved)
    await until(() => all.events.length === 4 && mine.events.length === 3)
    for (const client of [all, mine]) {
      expect(client.events.slice(-2).map(({ event }) => event)).toEqual(['quant.alert.opened', 'quant.alert.resolved'])
      expect(alertSchema.parse(JSON.parse(client.events.at(-1)?.data ?? ''))).toEqual(alertBody(resolved))
    }
    expect(theirs.events).toHaveLength(1)
  })

  describe('when a client comes back', () => {
    const cutAfterOne = async () => {
      await start([book(7, 1)])
      const client = await listen()
      server.tick([book(8, 2)])
      await events(client, 2)
      client.cut()
      await until(() => server.seen.clients === 0)
      server.tick([book(9, 3)])
      server.tick([book(10, 4)])
      return client
    }

    test('it gets what it missed', async () => {
      const client = await cutAfterOne()
      await listen('', client)
      await events(client, 4)
      expect(client.events.slice(2).map(({ event }) => event)).toEqual(['quant.metrics.delta', 'quant.metrics.delta'])
      expect(client.books.get('momentum-1 PA-1 1d')?.metrics.get('net_pnl')).toBe('4 ok  good')
    })

    test.each<[string, (id: string) => string, string]>([
      ['of another process', (id) => id.replace(/^e1/, 'e0'), ''],
      ['of another filter', (id) => id, '?account=PA-1'],
      ['of the future', (id) => id.replace(/\d+$/, '99999'), ''],
      ['of nobody', () => 'nonsense\u00e4', ''],
      ['too long', () => 'e'.repeat(4_000), ''],
    ])('with an id %s, it starts anew', async (_name, change, query) => {
      const client = await cutAfterOne()
      const returning = new EventClient()
      returning.lastEventId = change(client.lastEventId)
      await listen(query, returning)
      await events(returning, 1)
      expect(returning.events.map(({ event }) => event)).toEqual(['quant.metrics.snapshot'])
      expect(returning.body(0)).toMatchObject({ frame_seq: 10 })
    })

    test('after its window was given up, it starts anew', async () => {
      const client = await cutAfterOne()
      server.passMs(61_000)
      server.tick([book(11, 5)])
      server.tick([book(12, 6)])
      await listen('', client)
      await events(client, 3)
      expect(client.body(2)).toMatchObject({ frame_seq: 12, metrics: expect.anything() })
    })

    test('cut at random, every client ends with exactly the state of the snapshot', async () => {
      let books: BookFrame[] = [book(1, 0), other(1, 0), book(1, 0, { strategyId: 'third' })]
      await start(books, { maxClients: 200, maxClientsAnAddress: 200 })
      const shapes = ['', '?window=5m', '?strategy_id=momentum-1', '?account=PA-2', '']
      const queries = Array.from({ length: 100 }, (_, index) => shapes[index % shapes.length] ?? '')
      let cuts = 0
      const all = await Promise.all(queries.map((query) => listen(query)))
      let state = 12345
      const random = (below: number) => {
        state = (state * 1103515245 + 12345) % 2 ** 31
        return Math.floor((state / 2 ** 31) * below)
      }
      for (let tick = 2; tick < 150; tick += 1) {
        books = books.map((frame) =>
          random(3) === 0
            ? book(frame.seq + 1, random(1000), { strategyId: frame.book.strategyId, account: frame.book.account })
            : frame,
        )
        const chosen = new Set(Array.from({ length: random(5) }, () => random(all.length)))
        for (const index of chosen) all[index]?.cut()
        server.tick(books)
        for (const index of chosen) await listen(queries[index], all[index])
        cuts += chosen.size
        if (random(10) === 0) await sleep(5)
      }
      expect(cuts).toBeGreaterThan(200)
      for (const [index, client] of all.entries()) {
        const fresh = await listen(queries[index])
        const same = () => {
          const [ours, theirs] = [[...client.books], [...fresh.books]]
          return theirs.length > 0 && JSON.stringify(plain(ours)) === JSON.stringify(plain(theirs))
        }
        await until(same, 5_000)
      }
      expect(all.flatMap(({ faults }) => faults)).toEqual([])
    })
  })

  test.each<[string, Parameters<typeof startStreamServer>, string]>([
    ['while warming up', ['warming_up'], 'warming_up'],
    ['when there are too many', [[book(7, 1)], { maxClients: 1 }], 'too_many_clients'],
    ['when one address has too many', [[book(7, 1)], { maxClientsAnAddress: 1 }], 'too_many_of_address'],
  ])('%s it says so, asks to come again, and ends', async (_name, [books, options], reason) => {
    await start(books, options)
    if (books !== 'warming_up') await events(await listen(), 1)
    const client = await listen()
    await until(() => client.isEnded)
    expect([client.status, client.retryMs, client.comments, client.events]).toEqual([200, 5_000, [reason], []])
    expect(server.seen.refused).toEqual([reason])
  })

  test('at the end everybody is asked to come again, and nobody is let in', async () => {
    await start([book(7, 1)])
    const client = await listen()
    await events(client, 1)
    server.hub.close()
    await until(() => client.isEnded)
    expect([client.retryMs, client.comments]).toEqual([4_500, ['stopping']])
    const late = await listen()
    await until(() => late.isEnded)
    expect(late.comments).toEqual(['stopping'])
  })

  test('a client that does not read holds nobody up, gets snapshots for deltas, and is sent away at last', async () => {
    const wide = (seq: number) =>
      Array.from({ length: 60 }, (_, index) => book(seq, seq, { strategyId: `s${String(index).padStart(2, '0')}` }))
    await start(wide(1))
    const [stuck, reading] = [await listen(), await listen()]
    await until(() => stuck.events.length === 60 && reading.events.length === 60)
    stuck.pause()
    let seq = 1
    const tick = async () => {
      seq += 1
      server.tick(wide(seq))
      // What sockets take between two ticks they take; what waits then waits for the client.
      await sleep(1)
    }
    const untilConflated = async () => {
      // What the two kernels hold between them is some megabytes.
      for (const before = server.seen.conflated; server.seen.conflated === before && seq < 10_000; ) await tick()
      await until(() => reading.books.get('s59 PA-1 1d')?.seq === seq)
    }
    await untilConflated()
    expect(server.seen.conflated).toBeGreaterThan(0)
    expect(server.seen.disconnected).toEqual([])
    await tick()
    stuck.resume()
    await until(() => [...stuck.books.values()].every((known) => known.seq === seq))
    expect(plain([...stuck.books])).toEqual(plain([...reading.books]))

    stuck.pause()
    await untilConflated()
    server.passMs(31_000)
    await tick()
    await until(() => server.seen.disconnected.length > 0 && server.seen.clients === 1)
    expect(server.seen.disconnected).toEqual(['stuck'])
    await until(() => reading.books.get('s59 PA-1 1d')?.seq === seq)
  })

  describe('what is wrong with a request is told', () => {
    test.each<[string, number, string]>([
      ['?window=2d', 400, 'no window is called'],
      ['?strategy_id=a&strategy_id=b', 400, 'given 2 times'],
      ['?from=now', 400, 'unknown parameter'],
      ['?strategy_id=momentum-2', 404, 'no strategy has the id'],
      ['?account=PA-9', 404, 'no strategy trades in an account'],
      ['?strategy_id=momentum-1&account=PA-9', 404, 'does not trade in an account'],
    ])('%s', async (query, status, problem) => {
      await start([book(7, 1)])
      const response = await fetch(server.url(query))
      expect(response.status).toBe(status)
      expect(await response.text()).toContain(problem)
    })

    test('a request for JSON', async () => {
      await start([book(7, 1)])
      const response = await fetch(server.url(), { headers: { Accept: 'application/json' } })
      expect([response.status, response.headers.get('content-type')]).toEqual([406, 'application/problem+json'])
    })

    test('nothing is computed', async () => {
      const { body } = await get('/stream', frameReader({ state: 'disabled' })).expect(503)
      expect(body).toMatchObject({ reason: 'disabled' })
    })
  })

  test('a HEAD gets the headers and no client is counted', async () => {
    await start([book(7, 1)])
    const response = await fetch(server.url(), { method: 'HEAD' })
    expect([response.status, await response.text(), server.seen.clients]).toEqual([200, '', 0])
  })
})

function plain(books: readonly (readonly [string, { readonly metrics: ReadonlyMap<string, string> }])[]) {
  return books
    .map(([key, { metrics }]) => [key, [...metrics].sort()] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
}
