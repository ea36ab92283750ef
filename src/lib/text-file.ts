import { closeSync, createReadStream, openSync, readSync } from 'node:fs'

/** Settings are some lines, a configuration of thousands of books some hundred kilobytes. */
const MOST_BYTES = 4 * 2 ** 20

/** The text of a file of settings, whatever kind of file that is. Throws what node throws, and `EFBIG` beyond 4 MiB. */
export function readTextFile(path: string): string {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(MOST_BYTES + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(file, buffer, length, buffer.length - length, null)
    return textOf(buffer.subarray(0, length))
  } finally {
    closeSync(file)
  }
}

/** The same while other things go on. */
export async function readTextFileLater(path: string): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of createReadStream(path, { end: MOST_BYTES }) as AsyncIterable<Buffer>) chunks.push(chunk)
  return textOf(Buffer.concat(chunks))
}

function textOf(bytes: Buffer): string {
  if (bytes.length > MOST_BYTES) throw Object.assign(new Error('the file is too large'), { code: 'EFBIG' })
  return bytes.toString('utf8')
}
