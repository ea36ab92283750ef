import { createHash } from 'node:crypto'

/**
 * Chance that can be repeated: the same key gives the same sequence on every machine.
 *
 * Every decision of the simulation draws from its own key (seed, who, which), never from one shared stream, so a change
 * in one place does not shift all the others, and it does not matter in how many steps time was advanced.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** A whole number in [low, high], both included. */
  integer(low: number, high: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly [Item, ...Item[]]): Item
  /** One of the items, each as likely as its weight says. */
  weighted<Item>(choices: readonly [readonly [Item, number], ...(readonly [Item, number])[]]): Item
}

/** Chance from a textual key: a 32-bit generator (mulberry32) started from an avalanched hash of the key. */
export function createRandom(key: string): Random {
  let state = hash32(key)
  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(items.length * next())] ?? items[0],
    weighted(choices) {
      let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [item, weight] of choices) {
        left -= weight
        if (left < 0) return item
      }
      return choices[0][0]
    },
  }
}

function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) | 0
}

/** 64 hexadecimal digits that belong to the key. */
export function hexOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** A well-formed uuid that belongs to the key. */
export function uuidOf(key: string): string {
  const hex = hexOf(key)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
