import { startTestFront, type TestFront } from '../../support/embedded.js'

let front: TestFront

beforeEach(async () => {
  front = await startTestFront(async () => Buffer.from('0123456789'))
})
afterEach(() => front.close())

test('answers a status with ClickHouse’s error text, and is well again after', async () => {
  front.setFault({ kind: 'status', status: 503 })
  const faulty = await front.post('/', 'SELECT 1')
  front.setFault(undefined)
  const well = await front.post('/', 'SELECT 1')
  expect([faulty.status, faulty.headers.get('x-clickhouse-exception-code')]).toEqual([503, '1002'])
  expect(await faulty.text()).toBe('Code: 1002. DB::Exception: A fault that was asked for. (UNKNOWN_EXCEPTION)\n')
  expect(await well.text()).toBe('0123456789')
  expect(front.asked.length).toBe(1)
})

test('answers garbage with status 200', async () => {
  front.setFault({ kind: 'garbage' })
  const response = await front.post('/', 'SELECT 1')
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
  expect(text).not.toBe('0123456789')
})

test('sends half of the body and cuts the connection', async () => {
  front.setFault({ kind: 'half_body' })
  const response = await front.post('/', 'SELECT 1')
  expect([response.status, response.headers.get('content-length')]).toEqual([200, '10'])
  const received: string[] = []
  const reading = async () => {
    for await (const chunk of response.body ?? []) received.push(Buffer.from(chunk).toString())
  }
  await expect(reading()).rejects.toThrow('terminated')
  expect(received).toEqual(['01234'])
})

test('waits before it answers', async () => {
  front.setFault({ kind: 'delay', delayMs: 80 })
  const startedAt = performance.now()
  const response = await front.post('/', 'SELECT 1')
  expect(await response.text()).toBe('0123456789')
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(78)
})

test('does not keep a closing front waiting for a delay', async () => {
  front.setFault({ kind: 'delay', delayMs: 60_000 })
  const unanswered = front.post('/', 'SELECT 1').catch(() => 'cut')
  await new Promise((resolve) => setTimeout(resolve, 50))
  await front.close()
  expect(await unanswered).toBe('cut')
  expect(front.asked).toEqual([])
})
