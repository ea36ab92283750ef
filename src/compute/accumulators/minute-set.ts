import { DAY_MS, type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { type Digest, plus, termOf } from '../inputs/digest.js'

const MINUTES_A_DAY = 1_440
const WORD_BITS = 32
const WORDS_A_DAY = MINUTES_A_DAY / WORD_BITS

/** The end of the minute (end − 1 min, end] of the UTC grid that holds an instant. */
export function minuteEndOf(at: EpochMs): EpochMs {
  return Math.ceil(at / MINUTE_MS) * MINUTE_MS
}

/**
 * In which minutes of the UTC grid something happened: one bit a minute, one short array a day on which something did.
 *
 * A month of one symbol is about 5 kB, and the minutes of a session are counted a word at a time. Order and repetition
 * of what is added do not matter.
 */
export class MinuteSet {
  readonly #days = new Map<number, Uint32Array>()
  /** Of whole days, as long as nothing is added to them. */
  readonly #terms = new Map<number, Digest>()

  get isEmpty(): boolean {
    return this.#days.size === 0
  }

  /** Adds the minute that ends at `end`; false when it was there. */
  add(end: EpochMs): boolean {
    const number = Math.floor(end / DAY_MS)
    const minute = (end - number * DAY_MS) / MINUTE_MS
    const day = this.#days.get(number) ?? new Uint32Array(WORDS_A_DAY)
    this.#days.set(number, day)
    const word = Math.floor(minute / WORD_BITS)
    const bit = 1 << (minute % WORD_BITS)
    const before = day[word] ?? 0
    day[word] = before | bit
    this.#terms.delete(number)
    return (before & bit) === 0
  }

  /** How many of the minutes that end from `first` to `last`, both included, are in the set. */
  countIn(first: EpochMs, last: EpochMs): number {
    const firstDay = Math.floor(first / DAY_MS)
    const lastDay = Math.floor(last / DAY_MS)
    let count = 0
    for (let number = firstDay; number <= lastDay; number += 1) {
      const day = this.#days.get(number)
      if (day === undefined) continue
      const begin = number === firstDay ? (first - number * DAY_MS) / MINUTE_MS : 0
      const end = number === lastDay ? (last - number * DAY_MS) / MINUTE_MS : MINUTES_A_DAY - 1
      count += onesBetween(day, begin, end)
    }
    return count
  }

  /** The digest of the minutes that end from `first` to `last`, both included; the label tells the set from all others. */
  digestIn(first: EpochMs, last: EpochMs, label: string): Digest {
    let digest = 0n
    for (const [number, day] of this.#days) {
      const begin = Math.max(0, (first - number * DAY_MS) / MINUTE_MS)
      const end = Math.min(MINUTES_A_DAY - 1, (last - number * DAY_MS) / MINUTE_MS)
      if (begin > end) continue
      const isWhole = begin === 0 && end === MINUTES_A_DAY - 1
      const known = isWhole ? this.#terms.get(number) : undefined
      const term = known ?? termOfDay(`${label} ${number}`, day, begin, end)
      if (isWhole) this.#terms.set(number, term)
      digest = plus(digest, term)
    }
    return digest
  }

  /** Forgets the days that are over before the day of a minute. */
  forgetBefore(end: EpochMs): void {
    const first = Math.floor(end / DAY_MS)
    for (const number of this.#days.keys()) if (number < first) this.#days.delete(number)
  }
}

/** The term of the minutes of a day from one to another, both included; 0 where there are none. */
function termOfDay(label: string, day: Uint32Array, first: number, last: number): Digest {
  if (onesBetween(day, first, last) === 0) return 0n
  const words = Array.from(day, (word, index) => {
    const [begin, end] = [Math.max(first, index * WORD_BITS), Math.min(last, (index + 1) * WORD_BITS - 1)]
    if (begin > end) return 0
    return (word & (-1 << (begin % WORD_BITS)) & (-1 >>> (WORD_BITS - 1 - (end % WORD_BITS)))) >>> 0
  })
  return termOf(`${label} ${words.join(' ')}`)
}

/** Ones of a day from a minute to another, both included. */
function onesBetween(day: Uint32Array, first: number, last: number): number {
  let count = 0
  const lastWord = Math.floor(last / WORD_BITS)
  for (let word = Math.floor(first / WORD_BITS); word <= lastWord; word += 1) {
    let bits = day[word] ?? 0
    if (word * WORD_BITS < first) bits &= -1 << (first % WORD_BITS)
    if (word === lastWord) bits &= -1 >>> (WORD_BITS - 1 - (last % WORD_BITS))
    count += onesIn(bits)
  }
  return count
}

/** Ones in 32 bits: pairs, nibbles and bytes are summed in place. */
function onesIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
