import type { IncomingMessage } from 'node:http'
import { createGunzip, type Gunzip } from 'node:zlib'
import { type ClickHouseException, clickHouseException } from './clickhouse-exception.js'

/**
 * The whole body as text, unpacked, or why it is refused.
 *
 * A body beyond the limit is read to its end and thrown away as it comes: a client that is cut off while it writes sees
 * a broken connection instead of the answer.
 *
 * @throws when the client goes away half way.
 */
export async function readBody(
  request: IncomingMessage,
  maxBodyBytes: number,
): Promise<{ readonly body: string } | { readonly refusal: ClickHouseException }> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') {
    request.resume()
    return { refusal: clickHouseException(48, 'NOT_IMPLEMENTED', `The body may be plain or gzip, not '${encoding}'.`) }
  }
  const stream = encoding === 'gzip' ? unzipped(request) : request
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) chunks.push(chunk)
      else chunks.length = 0
    }
  } catch (error) {
    const code = codeOf(error)
    if (!code.startsWith('Z_')) throw error
    request.resume()
    return { refusal: clickHouseException(354, 'ZLIB_INFLATE_FAILED', `The gzip body is broken: ${code}.`) }
  }
  if (bytes > maxBodyBytes) {
    const message = `The body has more than ${maxBodyBytes} bytes: send it in smaller batches.`
    return { refusal: clickHouseException(307, 'TOO_MANY_BYTES', message) }
  }
  return { body: Buffer.concat(chunks).toString('utf8') }
}

/** By pipe and not by pipeline, which would destroy the request, and with it the way back for an answer. */
function unzipped(request: IncomingMessage): Gunzip {
  const gunzip = createGunzip()
  request.once('error', (error) => gunzip.destroy(error))
  return request.pipe(gunzip)
}

/** Node's code of an error, such as `Z_DATA_ERROR` from its gzip; empty when there is none. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
