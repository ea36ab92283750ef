import { KnownAt } from '../../../src/app/known-at.js'
import { SECOND_MS } from '../../../src/domain/time.js'

const START = Date.parse('2026-11-20T19:30:42.400Z')
const at = (text: string) => Date.parse(`2026-11-20T19:${text}Z`)

function knownAt(isContinued = false) {
  return new KnownAt({ startAt: START, lightMs: SECOND_MS, heavyMs: 30 * SECOND_MS, isContinued })
}

describe('when a fact counts as known', () => {
  test('before the first frame: when it happened, at the latest at the instant of the slowest tier', () => {
    const stamps = knownAt()
    expect(stamps.of(at('10:00.000'), at('30:43.000'))).toBe(at('10:00.000'))
    expect(stamps.of(at('30:41.000'), at('30:43.000'))).toBe(at('30:30.000'))
    expect(stamps.of(at('59:00.000'), at('30:43.000'))).toBe(at('30:30.000'))
  })

  test('in a recording that goes on: not before this process', () => {
    expect(knownAt(true).of(at('10:00.000'), at('30:43.000'))).toBe(at('30:30.000'))
  })

  test('after a frame: now, whenever it happened', () => {
    const stamps = knownAt()
    stamps.frameShown(at('30:43.000'))
    expect(stamps.of(at('10:00.000'), at('30:43.250'))).toBe(at('30:43.250'))
    expect(stamps.of(at('59:00.000'), at('30:43.250'))).toBe(at('30:43.250'))
  })

  test('by the next tick where that runs late: it is in that frame', () => {
    const stamps = knownAt()
    stamps.frameShown(at('30:43.000'))
    expect(stamps.of(at('30:43.500'), at('30:44.030'))).toBe(at('30:44.000'))
    expect(stamps.of(at('30:43.500'), at('30:47.900'))).toBe(at('30:44.000'))
  })

  test('after the last frame also within its millisecond: it is not in that frame', () => {
    const stamps = knownAt()
    stamps.frameShown(at('30:43.700'))
    expect(stamps.of(at('30:43.000'), at('30:43.700'))).toBe(at('30:43.701'))
    expect(stamps.of(at('30:43.000'), at('30:44.010'))).toBe(at('30:44.000'))
  })
})
