import { gzipSync } from 'node:zlib'
import type { ClickHouseHttpFrontOptions } from '../../../src/embedded/clickhouse-http-front.js'
import type { ClickHouseStatement } from '../../../src/embedded/clickhouse-request.js'
import { startTestFront, type TestFront } from '../../support/embedded.js'

let front: TestFront

async function start(run: ClickHouseHttpFrontOptions['run'], maxBodyBytes?: number): Promise<void> {
  front = await startTestFront(run, maxBodyBytes)
}

const echo = async ({ sql }: ClickHouseStatement) => Buffer.from(`ran ${sql}`)

afterEach(() => front.close())

test('accepts a gzip body', async () => {
  await start(echo)
  const response = await front.post('/?query=INSERT', gzipSync('{"a":1}'), { 'Content-Encoding': 'gzip' })
  expect(await response.text()).toBe('ran INSERT\n{"a":1}')
})

test('refuses a broken gzip body and an unknown encoding, and goes on', async () => {
  await start(echo)
  const broken = await front.post('/?query=INSERT', 'not gzip', { 'Content-Encoding': 'gzip' })
  const unknown = await front.post('/?query=INSERT', 'x', { 'Content-Encoding': 'zstd' })
  const next = await front.post('/', 'SELECT 1')
  expect([broken.status, broken.headers.get('x-clickhouse-exception-code')]).toEqual([400, '354'])
  expect([unknown.status, unknown.headers.get('x-clickhouse-exception-code')]).toEqual([501, '48'])
  expect([next.status, front.asked.length]).toEqual([200, 1])
})

test('accepts a body of the largest size and refuses one byte more', async () => {
  await start(echo, 1000)
  const largest = await front.post('/?query=INSERT', 'x'.repeat(1000))
  const larger = await front.post('/?query=INSERT', 'x'.repeat(1001))
  expect(largest.status).toBe(200)
  expect(larger.status).toBe(413)
  expect(await larger.text()).toBe(
    'Code: 307. DB::Exception: The body has more than 1000 bytes: send it in smaller batches. (TOO_MANY_BYTES)\n',
  )
  expect(front.asked.length).toBe(1)
})

test('measures a gzip body unpacked', async () => {
  await start(echo, 1000)
  const response = await front.post('/?query=INSERT', gzipSync('x'.repeat(1001)), { 'Content-Encoding': 'gzip' })
  expect(response.status).toBe(413)
})
