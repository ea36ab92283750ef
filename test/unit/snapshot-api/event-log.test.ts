import { EventLog } from '../../../src/snapshot-api/stream/event-log.js'
import type { StreamFilter } from '../../../src/snapshot-api/stream/stream-filter.js'

const EVERYTHING: StreamFilter = { strategyId: undefined, account: undefined, window: '1d' }
const numbersAfter = (log: EventLog, n: number) => log.after(n, EVERYTHING)?.map((event) => event.n)

describe('what is remembered of a stream', () => {
  const append = (log: EventLog, madeMs: number, text = 'text') =>
    log.append({ strategyId: 's', account: 'a', window: '1d', madeMs, text })

  test('is what came after a number, and nothing at all once some of that is forgotten', () => {
    const log = new EventLog({ events: 3, size: 1_000, ageMs: 1_000 })
    for (let count = 0; count < 5; count += 1) append(log, count)
    expect(numbersAfter(log, 2)).toEqual([3, 4, 5])
    expect(numbersAfter(log, 4)).toEqual([5])
    expect(numbersAfter(log, 5)).toEqual([])
    expect(numbersAfter(log, 1)).toBeUndefined()
    expect(numbersAfter(log, 6)).toBeUndefined()
  })

  test('is no more than so many characters', () => {
    const log = new EventLog({ events: 100, size: 10, ageMs: 1_000 })
    for (let count = 0; count < 4; count += 1) append(log, 0, 'five!')
    expect(numbersAfter(log, 2)).toEqual([3, 4])
    expect(numbersAfter(log, 1)).toBeUndefined()
  })

  test('is forgotten with age, however few there are', () => {
    const log = new EventLog({ events: 100, size: 1_000, ageMs: 1_000 })
    for (const madeMs of [0, 500, 1_400, 1_450]) append(log, madeMs)
    expect(numbersAfter(log, 1)).toEqual([2, 3, 4])
    append(log, 2_700)
    expect(numbersAfter(log, 4)).toEqual([5])
    expect(numbersAfter(log, 3)).toBeUndefined()
  })
})
