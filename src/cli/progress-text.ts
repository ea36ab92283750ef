import type { Progress } from '../domain/ports.js'

/** One stage of long work in a few words. */
export function progressText({ stage, done, total }: Progress): string {
  if (total === undefined || total === 0) return `${stage} …`
  return `${stage} ${Math.floor((100 * done) / total)} % (${done} of ${total})`
}
