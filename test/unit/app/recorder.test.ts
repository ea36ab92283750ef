import { KnownAt } from '../../../src/app/known-at.js'
import { Recorder } from '../../../src/app/recorder.js'
import { toFactJson } from '../../../src/domain/fact-json.js'
import type { Fact } from '../../../src/domain/facts.js'
import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { createLineParser } from '../../../src/fact-files/fact-line.js'
import { decision, strategy } from '../../support/facts.js'

const START = Date.parse('2026-11-20T19:30:00Z')
const PRICE = 10_000_000_000n

describe('a recorder', () => {
  let lines: Fact[]
  let dropped: number
  let takes: boolean
  let now: number
  let kept: Set<string>
  let recorder: Recorder

  beforeEach(() => {
    ;[lines, dropped, takes, now, kept] = [[], 0, true, START + 250, new Set(['AAA'])]
    const parse = createLineParser()
    recorder = new Recorder({
      write(line) {
        const fact = parse(line)
        if (!('fact' in fact)) throw new Error(fact.reason)
        if (takes) lines.push(fact)
        return takes
      },
      clock: { now: () => now, speed: 1 },
      wallNow: () => 1_000,
      knownAt: new KnownAt({ startAt: START, lightMs: SECOND_MS, heavyMs: 30 * SECOND_MS, isContinued: false }),
      keeps: (symbol) => kept.has(symbol),
      onDropped: () => {
        dropped += 1
      },
    })
    recorder.frameShown(START)
  })

  const written = () => lines.splice(0).map(toFactJson)

  test('writes facts in the order of telling, descriptions once', () => {
    const made = decision({ at: START })
    recorder.apply([strategy(), made])
    recorder.apply([strategy(), made, strategy({ name: 'other' })])
    expect(lines.map(({ fact }) => fact)).toEqual(['strategy', 'decision', 'decision', 'strategy'])
    expect(lines.map(({ revision }) => revision)).toEqual([1_000_000, 1_000_001, 1_000_002, 1_000_003])
    expect(lines[1]).toEqual({ ...made, knownAt: now, revision: 1_000_001 })
  })

  test('writes the prices of what is kept once, and a corrected one as a later revision', () => {
    const at = START - 1_000
    recorder.applyPrices([{ symbol: 'AAA', ats: [at, START], closesE8: [PRICE, PRICE + 1n] }])
    recorder.applyPrices([{ symbol: 'AAA', ats: [at, START], closesE8: [PRICE, PRICE + 2n] }])
    recorder.applySignals([{ symbol: 'AAA', ats: [at, START], midsE8: [PRICE, 0n] }])
    expect(written()).toEqual([
      { fact: 'bar', symbol: 'AAA', at, known_at: now, close: '100' },
      { fact: 'bar', symbol: 'AAA', at: START, known_at: now, close: '100.00000001' },
      { fact: 'bar', symbol: 'AAA', at: START, known_at: now, close: '100.00000002', revision: 1_000_000 },
      { fact: 'signal', symbol: 'AAA', source: 'ta', at, known_at: now, bid: '100', ask: '100' },
      { fact: 'signal', symbol: 'AAA', source: 'ta', at: START, known_at: now },
    ])
  })

  test('writes of others only new minutes, and their prices once they are kept', () => {
    const prices = [{ symbol: 'BBB', ats: [START - 1_000, START], closesE8: [PRICE, PRICE] }]
    recorder.applyPrices(prices)
    recorder.applyMinutes('bars', [
      { symbol: 'BBB', runs: [[START - 2 * MINUTE_MS, START + MINUTE_MS]] },
      { symbol: 'BBB', runs: [[START - 2 * MINUTE_MS, START]] },
    ])
    const common = { fact: 'feed_minutes', feed: 'bars', symbol: 'BBB', known_at: now }
    expect(written()).toEqual([
      { ...common, first_at: START, at: START },
      { ...common, first_at: START - 2 * MINUTE_MS, at: START - MINUTE_MS },
      { ...common, first_at: START + MINUTE_MS, at: START + MINUTE_MS },
    ])
    kept.add('BBB')
    recorder.applyPrices(prices)
    expect(written()).toMatchObject([
      { fact: 'bar', at: START - 1_000 },
      { fact: 'bar', at: START },
    ])
  })

  test('counts what could not be written', () => {
    takes = false
    recorder.answered('postgres', START)
    recorder.apply([decision({ at: START })])
    expect(dropped).toBe(2)
  })
})
