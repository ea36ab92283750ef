import { createServer, type ServerResponse } from 'node:http'
import { rowsOf } from '../../../src/connections/clickhouse-ask.js'
import { openClickHouse } from '../../../src/connections/clickhouse-client.js'
import { QuantError } from '../../../src/domain/errors.js'
import { ask, errors } from '../../../src/ingest/clickhouse/ask.js'
import { clockAmong, minutesRowsOf, pointsRowsOf } from '../../../src/ingest/clickhouse/columns.js'
import { discoverMarket } from '../../../src/ingest/clickhouse/schema.js'
import { run } from '../../../src/stores/clickhouse/ask.js'

type Client = ReturnType<typeof openClickHouse>
type Limits = { readonly timeoutMs: number; readonly signal?: AbortSignal }
type Answer = (response: ServerResponse) => void

/** Asks a server that answers as it likes; the code of the error, or the rows. */
async function asking(
  answer: Answer,
  limits: Partial<Limits> = {},
  asked: (client: Client, limits: Limits) => Promise<unknown> = (client, all) =>
    ask(client, { query: 'SELECT 1', query_params: {} }, all),
): Promise<unknown> {
  const server = createServer((request, response) => {
    request.resume()
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const connection = { database: 'd', user: 'u', password: undefined, timeoutMs: 60_000, ca: undefined }
  const client = openClickHouse({ ...connection, url: `http://127.0.0.1:${port}` })
  try {
    return await asked(client, { timeoutMs: 60_000, ...limits })
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  } finally {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** A statement that answers with nothing. */
const running = (answer: Answer, limits: Partial<Limits> = {}) =>
  asking(answer, limits, (client, all) => run(client, 'CREATE TABLE t', all))

/** Some bytes now and then, for ever: more often than any limit on silence notices. */
function trickle(response: ServerResponse, status = 200): void {
  response.writeHead(status)
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

function cut(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Length': 100 })
  response.write('{"data":[{"a":1}', () => response.destroy())
}

describe('a statement', () => {
  test('gives the rows of a whole answer', async () => {
    expect(await asking((response) => response.end('{"data":[{"a":1}],"rows":1}'))).toEqual([{ a: 1 }])
  })

  test.each<[name: string, answer: (response: ServerResponse) => void, code: string]>([
    ['trickles', (response) => trickle(response), 'source_timeout'],
    ['trickles an error', (response) => trickle(response, 500), 'source_timeout'],
    ['never begins', () => undefined, 'source_timeout'],
  ])('whose answer %s is given up when its time is over, however often a byte comes', async (_name, answer, code) => {
    expect(await asking(answer, { timeoutMs: 200 })).toBe(code)
  })

  test('ends with its signal, also while it is answered', async () => {
    const stop = new AbortController()
    const asked = asking(
      (response) => {
        trickle(response)
        setTimeout(() => stop.abort(new QuantError('refused', 'stopping')), 100)
      },
      { signal: stop.signal },
    )
    expect(await asked).toBe('refused')
  })

  test.each<[name: string, answer: (response: ServerResponse) => void, code: string]>([
    ['is cut off', cut, 'source_unreachable'],
    ['is half of it', (response) => response.end('{"data":[{"a":1}'), 'source_answer_malformed'],
    ['is empty', (response) => response.end(''), 'source_answer_malformed'],
    [
      'is a page of somebody between',
      (response) => response.end('<html>maintenance</html>'),
      'source_answer_malformed',
    ],
    ['is another object', (response) => response.end('{"status":"ok"}'), 'source_answer_malformed'],
    ['is no object', (response) => response.end('null'), 'source_answer_malformed'],
    ['lacks rows', (response) => response.end('{"data":[{"a":1}],"rows":2}'), 'source_answer_malformed'],
    [
      'ends in an exception',
      (response) => response.end('{"data":[{"a":1}],"rows":1,"exception":"Code: 241. DB::Exception: Memory limit"}'),
      'source_query_failed',
    ],
    [
      'ends in an exception about time',
      (response) => response.end('{"data":[],"rows":0,"exception":"Code: 159. DB::Exception: Timeout exceeded"}'),
      'source_timeout',
    ],
  ])('whose answer %s is an error', async (_name, answer, code) => {
    expect(await asking(answer)).toBe(code)
  })
})

describe('a statement that answers with nothing', () => {
  test.each<[name: string, answer: Answer, code: string | undefined]>([
    ['is done when its answer is there', (response) => response.end(), undefined],
    ['may answer for each server of a cluster', (response) => response.end('ch-1\t9000\t0\t\t0\t0\n'), undefined],
    [
      'has failed when the answer ends with an exception',
      (response) => response.end('ch-1\t9000\t0\n\nCode: 243. DB::Exception: Cannot reserve space'),
      'source_query_failed',
    ],
    ['has failed when the answer is cut off', cut, 'source_unreachable'],
    ['has failed when it is refused', (response) => response.writeHead(500).end('no'), 'source_unreachable'],
  ])('%s', async (_name, answer, code) => {
    expect(await running(answer)).toBe(code)
  })

  test.each<[name: string, answer: Answer]>([
    ['trickles', trickle],
    ['never begins', () => undefined],
  ])('is given up when its time is over and its answer %s', async (_name, answer) => {
    expect(await running(answer, { timeoutMs: 200 })).toBe('source_timeout')
  })
})

describe('rows of an answer', () => {
  const row = { feed: 'bars', symbol: 'AAPL', points: [[1_000, 100, null, '2000']] }
  const codeOf = (work: () => unknown) => {
    try {
      return work()
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    }
  }

  test('are taken as they are when all of them are whole', () => {
    expect(pointsRowsOf([row])).toEqual([row])
    expect(minutesRowsOf([{ feed: 'signals', symbol: 'AAPL', runs: [['60000', 120_000]] }])).toHaveLength(1)
    expect(rowsOf('{"data":[]}', errors)).toEqual([])
  })

  test.each<[name: string, second: unknown]>([
    ['null', null],
    ['of an unknown feed', { ...row, feed: 'other' }],
    ['without a symbol', { ...row, symbol: undefined }],
    ['without points', { ...row, points: undefined }],
    ['with a point that is none', { ...row, points: [7] }],
    ['with a time that is none', { ...row, points: [['soon', 100, null, 2_000]] }],
    ['with a time that is empty', { ...row, points: [['', 100, null, 2_000]] }],
    ['with a price that is text', { ...row, points: [[1_000, '100', null, 2_000]] }],
    ['without the time of its ingestion', { ...row, points: [[1_000, 100, null]] }],
  ])('are refused as a whole for one that is %s', (_name, second) => {
    expect(codeOf(() => pointsRowsOf([row, second]))).toBe('source_answer_malformed')
  })

  test('have the clock among them', () => {
    const clock = { feed: 'clock', symbol: '', points: [['1795203000000', null, null, 0]] }
    expect(clockAmong([row, clock])).toEqual({ theirsMs: 1_795_203_000_000, others: [row] })
    expect(clockAmong([row])).toEqual({ theirsMs: undefined, others: [row] })
  })
})

test('an answer without a row says nothing of what a server has', async () => {
  const client = { query: async () => ({ text: async () => '{"data":[],"rows":0}', close: () => undefined }) }
  await expect(
    discoverMarket(client as unknown as Parameters<typeof discoverMarket>[0], { timeoutMs: 1_000 }),
  ).rejects.toMatchObject({ code: 'source_answer_malformed' })
})
