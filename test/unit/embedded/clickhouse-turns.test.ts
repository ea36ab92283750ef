import type { ClickHouseHttpFrontOptions } from '../../../src/embedded/clickhouse-http-front.js'
import { startTestFront, type TestFront } from '../../support/embedded.js'

let front: TestFront

async function start(run: ClickHouseHttpFrontOptions['run'], maxBodyBytes?: number): Promise<void> {
  front = await startTestFront(run, maxBodyBytes)
}

afterEach(() => front.close())

test('runs one statement at a time, in order, also after a failure', async () => {
  let running = 0
  const most: number[] = []
  await start(async ({ sql }) => {
    running += 1
    most.push(running)
    await new Promise((resolve) => setTimeout(resolve, 2))
    running -= 1
    if (sql === '3') throw new Error('failed')
    return Buffer.from(sql)
  })
  const answers = []
  for (let index = 0; index < 8; index += 1)
    answers.push(front.post('/', String(index)).then((response) => response.text()))
  expect(await Promise.all(answers)).toEqual([
    ...['0', '1', '2'],
    'Code: 1002. DB::Exception: failed (UNKNOWN_EXCEPTION)\n',
    ...['4', '5', '6', '7'],
  ])
  expect(most).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
})

test('runs nothing for a client that has gone away while it waited', async () => {
  let finishFirst = () => {}
  const firstFinished = new Promise<void>((resolve) => {
    finishFirst = resolve
  })
  await start(async ({ sql }) => {
    if (sql === 'first') await firstFinished
    return Buffer.from(sql)
  })
  const first = front.post('/', 'first')
  const leaving = new AbortController()
  const second = fetch(front.url, { method: 'POST', body: 'second', signal: leaving.signal }).catch(() => 'gone')
  await new Promise((resolve) => setTimeout(resolve, 50))
  leaving.abort()
  expect(await second).toBe('gone')
  await new Promise((resolve) => setTimeout(resolve, 50))
  finishFirst()
  const third = await front.post('/', 'third')
  expect([await (await first).text(), await third.text()]).toEqual(['first', 'third'])
  expect(front.asked.map(({ sql }) => sql)).toEqual(['first', 'third'])
})

test('closes at once while a statement runs, and may be closed twice', async () => {
  await start(() => new Promise(() => {}))
  const unanswered = front.post('/', 'SELECT 1').catch(() => 'cut')
  while (front.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await front.close()
  await front.close()
  expect(await unanswered).toBe('cut')
})
