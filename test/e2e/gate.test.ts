import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Finished, runCli, startCli } from '../support/process.js'
import { until } from '../support/until.js'

const PROBLEM = { 'content-type': 'application/problem+json' }
const EVALUATED = { evaluated_at: '2026-11-20T19:30:00.000Z' }
const FAIL = {
  decision: 'fail',
  reasons: [{ reason: 'critical_alert', policy: 'max_drawdown_1d', detail: 'the drawdown is 0.08, the limit 0.05' }],
  ...EVALUATED,
}

/** Runs `gate` against somebody who answers like that; what was asked, and what came of it. */
async function gateOf(answer: RequestListener, args: readonly string[] = [], environment = {}) {
  const asked: { url: string | undefined; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization })
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    return { asked, ...(await runCli(['gate', '--url', url, '--strategy', 's1', ...args], environment)) }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const answers =
  (status: number, body: object | string, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))

test('a pass is status 0, asked with strategy, account and token', async () => {
  const pass = answers(200, { decision: 'pass', reasons: [], ...EVALUATED })
  const { asked, code, out, err } = await gateOf(pass, ['--account', 'PA-1'], { QUANT_API_TOKEN: 'a'.repeat(32) })
  expect([code, out, err]).toEqual([0, 'pass\n', ''])
  expect(asked).toEqual([
    {
      url: '/api/torghut/trading/control-plane/quant/gate?strategy_id=s1&account=PA-1',
      authorization: `Bearer ${'a'.repeat(32)}`,
    },
  ])
})

test('a fail is status 1, with the reasons', async () => {
  const { code, out } = await gateOf(answers(200, FAIL))
  expect([code, out]).toEqual([1, 'fail\ncritical_alert (max_drawdown_1d): the drawdown is 0.08, the limit 0.05\n'])
})

test('what is not known is status 2, and no pass', async () => {
  const { code, out } = await gateOf(answers(503, { detail: 'the history is being read' }, PROBLEM))
  expect([code, out]).toEqual([2, 'unknown\n503: the history is being read\n'])
})

/** Words for a server that takes connections and never answers; what the command ended with once it was interrupted. */
async function interruptedWhileAsking(words: (url: string) => readonly string[]): Promise<Finished> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const command = startCli(words(`http://127.0.0.1:${port}`))
  try {
    const connections = () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)))
    await until(async () => (await connections()) > 0)
    command.child.kill('SIGTERM')
    return await command.finished
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('who is interrupted while asking has not passed', async () => {
  const { code } = await interruptedWhileAsking((url) => ['gate', '--url', url, '--strategy', 's1'])
  expect(code).toBe(2)
})

test('a doctor who is interrupted has found nothing well', async () => {
  const { code, out, err } = await interruptedWhileAsking((url) => ['doctor', '--exporter', url])
  expect([code, out, err]).toEqual([1, '', expect.stringContaining('interrupted: not every hop has answered')])
})

test('without a strategy it is used wrongly, which is no pass either', async () => {
  const { code, err } = await runCli(['gate'])
  expect([code, err]).toEqual([2, expect.stringContaining('gate needs --strategy')])
})
