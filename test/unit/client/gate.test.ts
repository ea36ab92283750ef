import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { askGate } from '../../../src/client/gate.js'

const PROBLEM = { 'content-type': 'application/problem+json' }
const FAIL = {
  decision: 'fail',
  reasons: [{ reason: 'critical_alert', policy: 'max_drawdown_1d', detail: 'the drawdown is 0.08, the limit 0.05' }],
  evaluated_at: '2026-11-20T19:30:00.000Z',
}

const answers =
  (status: number, body: object | string, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))

test.each<[string, RequestListener, string]>([
  [
    'unknown',
    answers(200, { decision: 'unknown', reasons: [{ reason: 'shadow', detail: 'in shadow' }] }),
    'shadow: in shadow',
  ],
  ['a decision of another version', answers(200, { ...FAIL, decision: 'perhaps' }), 'critical_alert (max_drawdown_1d)'],
  ['a pass with reasons', answers(200, { ...FAIL, decision: 'pass' }), 'could not be read: a pass with 1 reasons'],
  ['a fail without reasons', answers(200, { ...FAIL, reasons: [] }), 'could not be read: a fail with 0 reasons'],
  ['something else', answers(200, '<html>'), 'could not be read: what came is no JSON'],
  ['a refused token', answers(401, { detail: 'a token is asked for' }, PROBLEM), '401: a token is asked for'],
  ['warming up', answers(503, { detail: 'the history is being read' }, PROBLEM), '503: the history is being read'],
  ['a proxy', answers(502, 'bad gateway'), '502: no exporter answers, but something else, with status 502'],
  ['a lost connection', (request) => request.socket.destroy(), 'cannot be reached'],
])('%s is unknown', async (_name, answer, why) => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const told = await askGate(`http://127.0.0.1:${port}/`, undefined, AbortSignal.timeout(30_000))
    expect(told).toEqual({ decision: 'unknown', reasons: [expect.stringContaining(why)] })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
