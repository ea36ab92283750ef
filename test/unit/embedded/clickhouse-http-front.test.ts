import {
  type ClickHouseHttpFrontOptions,
  createClickHouseHttpFront,
} from '../../../src/embedded/clickhouse-http-front.js'
import type { ClickHouseStatement } from '../../../src/embedded/clickhouse-request.js'
import { startTestFront, type TestFront } from '../../support/embedded.js'

let front: TestFront

async function start(run: ClickHouseHttpFrontOptions['run'], maxBodyBytes?: number): Promise<void> {
  front = await startTestFront(run, maxBodyBytes)
}

const echo = async ({ sql }: ClickHouseStatement) => Buffer.from(`ran ${sql}`)

afterEach(() => front.close())

test('answers a ping without asking the engine', async () => {
  await start(echo)
  const response = await fetch(`${front.url}/ping`)
  expect([response.status, await response.text()]).toEqual([200, 'Ok.\n'])
  expect(front.asked).toEqual([])
})

test('answers the bare address like ClickHouse', async () => {
  await start(echo)
  const response = await fetch(front.url)
  expect([response.status, await response.text()]).toEqual([200, 'Ok.\n'])
})

test('runs a statement from the body and gives the engine its bytes back', async () => {
  await start(async () => Uint8Array.from([0, 255, 10]))
  const response = await front.post('/?database=torghut', 'SELECT 1 \nFORMAT RowBinary')
  expect(response.status).toBe(200)
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.from([0, 255, 10]))
  expect(front.asked).toEqual([
    {
      sql: 'SELECT 1 \nFORMAT RowBinary',
      database: 'torghut',
      parameters: new Map(),
      defaultFormat: 'TabSeparated',
      readOnly: false,
    },
  ])
})

test('runs a statement from the address, read-only', async () => {
  await start(echo)
  const response = await fetch(`${front.url}/?query=SELECT%201`)
  expect(await response.text()).toBe('ran SELECT 1')
  expect(front.asked[0]?.readOnly).toBe(true)
})

test('echoes the query id, or gives one', async () => {
  await start(echo)
  const named = await front.post('/?query_id=my-query', 'SELECT 1')
  const unnamed = await front.post('/', 'SELECT 1')
  expect(named.headers.get('x-clickhouse-query-id')).toBe('my-query')
  expect(unnamed.headers.get('x-clickhouse-query-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('echoes a query id that is no header text in a harmless form', async () => {
  await start(echo)
  const response = await front.post('/?query_id=a%0D%0Ab', 'SELECT 1')
  expect(response.headers.get('x-clickhouse-query-id')).toBe('a??b')
})

test('lets any user in', async () => {
  await start(echo)
  const basic = await front.post('/', 'SELECT 1', {
    Authorization: `Basic ${Buffer.from('any:thing').toString('base64')}`,
  })
  const own = await front.post('/', 'SELECT 1', { 'X-ClickHouse-User': 'someone', 'X-ClickHouse-Key': 'secret' })
  expect([basic.status, own.status]).toEqual([200, 200])
})

test('refuses a setting without asking the engine', async () => {
  await start(echo)
  const response = await front.post('/?max_threads=1', 'SELECT 1')
  expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([400, '164'])
  expect(await response.text()).toBe(
    "Code: 164. DB::Exception: Cannot modify 'max_threads' setting in readonly mode. (READONLY)\n",
  )
  expect(front.asked).toEqual([])
})

test.each([
  ['Code: 62. DB::Exception: Syntax error: failed. (SYNTAX_ERROR)', 400, '62'],
  ['Code: 60. DB::Exception: Unknown table. (UNKNOWN_TABLE)', 404, '60'],
  ['Code: 241. DB::Exception: Too much memory. (MEMORY_LIMIT_EXCEEDED)', 500, '241'],
])('answers the engine’s %j with its own status and code', async (text, status, code) => {
  await start(async () => {
    throw new Error(text)
  })
  const response = await front.post('/', 'SELECT 1')
  expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([status, code])
  expect(await response.text()).toBe(`${text}\n`)
})

test('leaves out the words that the engine puts before ClickHouse’s text', async () => {
  await start(async () => {
    throw new Error('Query failed: Code: 81. DB::Exception: Database x does not exist. (UNKNOWN_DATABASE)')
  })
  const response = await front.post('/?database=x', 'SELECT 1')
  expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([404, '81'])
  expect(await response.text()).toBe('Code: 81. DB::Exception: Database x does not exist. (UNKNOWN_DATABASE)\n')
})

test('answers an error that is not ClickHouse’s as an unknown exception', async () => {
  await start(async () => {
    throw new Error('the session is closed')
  })
  const response = await front.post('/', 'SELECT 1')
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('Code: 1002. DB::Exception: the session is closed (UNKNOWN_EXCEPTION)\n')
})

test('refuses other paths and methods', async () => {
  await start(echo)
  const path = await front.post('/replicas_status', 'SELECT 1')
  const method = await fetch(`${front.url}/?query=SELECT%201`, { method: 'DELETE' })
  expect([path.status, method.status, front.asked.length]).toEqual([404, 501, 0])
})

test('takes a parameter that is longer than Node’s usual request line', async () => {
  await start(async ({ parameters }) => Buffer.from(String(parameters.get('long')?.length)))
  const response = await front.post(`/?param_long=${'x'.repeat(100_000)}`, 'SELECT 1')
  expect(await response.text()).toBe('100000')
})

test('rejects a port that is taken', async () => {
  await start(echo)
  const other = createClickHouseHttpFront({ run: echo, maxBodyBytes: 1000 })
  await expect(other.listen(Number(new URL(front.url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await other.close()
})
