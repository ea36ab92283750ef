import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { followStream } from '../../../src/client/follow-stream.js'
import type { Link } from '../../../src/client/link.js'
import type { ScoreboardEvent } from '../../../src/client/stream-events.js'
import { until } from '../../support/until.js'

/** Answers the n-th request; the last one answers all that follow. */
type Answer = (response: ServerResponse) => void

const alertEvent = (id: string) =>
  `id: ${id}\nevent: quant.alert.resolved\ndata: ${JSON.stringify({
    ...{
      alert_id: id,
      policy: 'p',
      strategy_id: 's',
      account: 'a',
      severity: 'warning',
      metric_name: 'm',
      window: '1d',
    },
    ...{ opened_at: '2026-11-20T19:30:00.000Z', summary: 'x', runbook_url: 'javascript:alert(1)' },
  })}\n\n`

const stream =
  (text: string, stays = false): Answer =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
    response.write(text)
    if (!stays) response.end()
  }

const problem =
  (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers })
    response.end(JSON.stringify(body))
  }

/** Follows a server that answers like that, without waiting between attempts, until `enough` holds. */
async function follow(answers: readonly Answer[], options: Partial<Parameters<typeof followStream>[0]> = {}) {
  const headers: IncomingHttpHeaders[] = []
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = createServer((request, response) => {
      headers.push(request.headers)
      answers[Math.min(headers.length, answers.length) - 1]?.(response)
    }).listen(0, '127.0.0.1', () => resolve(listening))
  })
  const controller = new AbortController()
  const [links, waits, events]: [Link[], number[], ScoreboardEvent[]] = [[], [], []]
  const { port } = server.address() as AddressInfo
  const done = followStream({
    url: `http://127.0.0.1:${port}/stream`,
    token: undefined,
    signal: controller.signal,
    onLink: (link) => links.push(link),
    onEvent: (event) => {
      events.push(event)
      return undefined
    },
    wait: async (durationMs) => void waits.push(durationMs),
    random: () => 1,
    ...options,
  })
  const stop = async () => {
    controller.abort()
    const result = await done
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    return result
  }
  return { headers, links, waits, events, done, stop }
}

describe('following a stream', () => {
  test('comes back with the id of the last event and the token, and after a gap without the id', async () => {
    let gaps = 0
    const { headers, links, stop } = await follow(
      [stream(alertEvent('e.f.1')), stream(alertEvent('e.f.2')), stream(alertEvent('e.f.3'), true)],
      {
        token: 'a-token-of-the-test',
        onEvent: () => {
          gaps += 1
          return gaps === 2 ? 'gap' : undefined
        },
      },
    )
    await until(() => headers.length === 3 && links.at(-1)?.state === 'live')
    await stop()
    expect(headers.map((sent) => [sent.authorization, sent['last-event-id']])).toEqual([
      ['Bearer a-token-of-the-test', undefined],
      ['Bearer a-token-of-the-test', 'e.f.1'],
      ['Bearer a-token-of-the-test', undefined],
    ])
    expect(links.map(({ state }) => state)).toEqual(['connecting', 'live', 'disconnected', 'disconnected', 'live'])
  })

  test('waits longer each time that it fails in a row, at most ten seconds, and begins anew after an event', async () => {
    const failing: Answer = (response) => response.destroy()
    const { waits, stop } = await follow([...Array<Answer>(6).fill(failing), stream(alertEvent('1')), failing])
    await until(() => waits.length >= 9)
    await stop()
    expect(waits.slice(0, 9)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 1_000, 2_000, 4_000])
  })

  test('of an exporter that cannot serve it yet says why, and comes again when it was told to', async () => {
    const { links, waits, stop } = await follow([
      stream('retry: 5000\n: warming_up\n\n'),
      problem(503, { detail: 'turned off' }, { 'Retry-After': '30' }),
      stream('retry: 3300\n: stopping\n\n'),
    ])
    await until(() => waits.length >= 3)
    await stop()
    expect(links.slice(1, 4)).toEqual([
      { state: 'waiting', why: 'the exporter is reading the history', retryInMs: 5_000 },
      { state: 'waiting', why: 'turned off', retryInMs: 30_000 },
      { state: 'disconnected', why: 'the exporter is shutting down', retryInMs: 3_300 },
    ])
  })

  test('ends where asking again would not help, with what is wrong', async () => {
    const errors = [{ parameter: 'strategy_id', problem: 'no such strategy', near: ['s1', 's2'] }]
    const unknown = await follow([problem(404, { detail: 'unknown', errors })])
    expect(await unknown.done).toEqual({
      state: 'refused',
      status: 404,
      why: 'strategy_id: no such strategy; did you mean s1 or s2?',
    })
    await unknown.stop()
    const locked = await follow([problem(401, { detail: 'a token is asked for' })])
    expect(await locked.done).toMatchObject({ state: 'refused', status: 401 })
    await locked.stop()
  })

  test("goes on after what is no exporter's answer: a proxy may stand in its place for a while", async () => {
    const { links, waits, stop } = await follow([
      (response) => response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>default backend</h1>'),
      (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('sign in'),
      stream(alertEvent('1'), true),
    ])
    await until(() => links.at(-1)?.state === 'live')
    await stop()
    expect(waits).toHaveLength(2)
    expect(links[1]).toMatchObject({ state: 'disconnected', why: expect.stringContaining('status 404') })
  })

  test('gives up a connection that has fallen silent, although it is open and heartbeats come', async () => {
    const beating: Answer = (response) => {
      stream(alertEvent('1'), true)(response)
      const timer = setInterval(() => response.write(':\n\n'), 20)
      response.on('close', () => clearInterval(timer))
    }
    const { links, stop } = await follow([beating], { silenceMs: 300 })
    await until(() => links.some(({ state }) => state === 'disconnected'))
    await stop()
    expect(links[2]).toMatchObject({ state: 'disconnected', why: 'nothing was heard for 0 s' })
  })

  test('begins anew where what comes cannot be read', async () => {
    const { headers, links, waits, stop } = await follow([
      stream(`${alertEvent('1')}event: quant.metrics.delta\ndata: {"strategy_id":7}\n\n`, true),
    ])
    await until(() => waits.length >= 1 && headers.length >= 2)
    await stop()
    expect(links[2]).toMatchObject({ why: 'what came could not be read: strategy_id is no text' })
    expect(headers[1]?.['last-event-id']).toBeUndefined()
  })

  test('takes no address for a runbook but one of the web', async () => {
    const { events, stop } = await follow([stream(alertEvent('1'), true)])
    await until(() => events.length === 1)
    await stop()
    expect(events[0]).toMatchObject({ kind: 'resolved', alert: { alertId: '1', runbookUrl: undefined } })
  })
})
