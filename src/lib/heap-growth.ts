import { setFlagsFromString } from 'node:v8'

/**
 * From its next collection on, the heap may be half as large again as what is alive in it. Left to itself V8 collects when
 * it is up to four times as large: a process that holds 100 MB for months and drops a little every second is resident with
 * 500 then.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50')
}
