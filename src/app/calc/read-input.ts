import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { QuantError } from '../../domain/errors.js'

/** More than a million numbers in every list; what is larger is not meant. */
const LARGEST_INPUT = 256 * 1024 * 1024

/** The text of a file, or of standard input for `-`. Rejects with QuantError `facts_unreadable`. */
export async function readInput(path: string): Promise<string> {
  const stream: Readable = path === '-' ? process.stdin : createReadStream(path)
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk)
      size += bytes.length
      if (size > LARGEST_INPUT) break
      chunks.push(bytes)
    }
  } catch (error) {
    throw new QuantError('facts_unreadable', `cannot read ${nameOfInput(path)}`, { cause: error })
  }
  if (size > LARGEST_INPUT)
    throw new QuantError('facts_unreadable', `${nameOfInput(path)} is larger than ${LARGEST_INPUT} bytes; split it`)
  return Buffer.concat(chunks).toString('utf8')
}

/** How messages call an input. */
export function nameOfInput(path: string): string {
  return path === '-' ? 'standard input' : path
}
