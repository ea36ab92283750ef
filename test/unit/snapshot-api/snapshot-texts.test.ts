import { SnapshotTexts } from '../../../src/snapshot-api/stream/snapshot-texts.js'
import { T } from '../../support/frames.js'

describe('texts of snapshots', () => {
  const [day, hour] = [{}, {}]
  let texts: SnapshotTexts<object>
  let worded: number
  const get = (feed: object, id: string, afterMs = 0) =>
    texts.get(feed, id, T + afterMs, () => {
      worded += 1
      return `${id} ${worded}`
    })

  beforeEach(() => {
    texts = new SnapshotTexts()
    worded = 0
  })

  test('are made once for all who ask within a second', () => {
    expect([get(day, 'a'), get(day, 'a', 999), get(day, 'b'), get(hour, 'a')]).toEqual(['a 1', 'a 1', 'b 2', 'a 3'])
    expect(get(day, 'a', 1_000)).toBe('a 4')
  })

  test('are made anew of new frames, and where time went back', () => {
    get(day, 'a')
    texts.forget()
    expect(get(day, 'a')).toBe('a 2')
    expect(get(day, 'a', -1)).toBe('a 3')
  })

  test('a book that is live no more is not asked for again', () => {
    const gone = () => {
      worded += 1
      return undefined
    }
    expect([texts.get(day, 'a', T, gone), texts.get(day, 'a', T, gone), worded]).toEqual([undefined, undefined, 1])
  })
})
