import { getHeapStatistics, setFlagsFromString } from 'node:v8'

const MIB = 2 ** 20
/** Above this a collection costs more than the memory is worth. */
const SMALL_HEAP_BYTES = 256 * MIB
/** Below this there is no room for a heap that is mostly waste. */
const LITTLE_MEMORY_BYTES = 512 * MIB

/**
 * A small heap may be half as large again as what is alive in it, from its next collection on. Left to itself V8 collects
 * when it is up to four times as large: a process that holds 100 MB for months and drops a little every second is resident
 * with 500 then. A large heap is left as it is.
 */
export function keepSmallHeapSmall(): void {
  if (getHeapStatistics().used_heap_size < SMALL_HEAP_BYTES) collectEarly()
}

/**
 * The same from the beginning, for a process that has been given little memory (its control group's limit): V8 takes all of
 * it for the heap's.
 */
export function saveLittleMemory(): void {
  const limit = process.constrainedMemory()
  if (limit > 0 && limit < LITTLE_MEMORY_BYTES) collectEarly()
}

function collectEarly(): void {
  setFlagsFromString('--heap-growing-percent=50')
}
