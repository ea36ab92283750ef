import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClickHouseException, clickHouseException, exceptionFromError } from './clickhouse-exception.js'
import { type ClickHouseStatement, readStatement } from './clickhouse-request.js'
import { readBody } from './clickhouse-request-body.js'
import type { ClickHouseFault } from './engine-messages.js'

export interface ClickHouseHttpFrontOptions {
  /**
   * Runs a statement and gives its formatted answer. Never called while an earlier call is unfinished. Its rejection
   * becomes the answer's error; a message `Code: N. DB::Exception: …` keeps its code.
   */
  readonly run: (statement: ClickHouseStatement) => Promise<Uint8Array>
  /** Largest body accepted, unpacked. */
  readonly maxBodyBytes: number
}

export interface ClickHouseHttpFront {
  /** Listens on 127.0.0.1; port 0 takes a free one. Gives the port; rejects with Node's error when it is taken. */
  listen(port: number): Promise<number>
  /** From now on every request meets this fault; undefined ends it. */
  setFault(fault: ClickHouseFault | undefined): void
  /** Idempotent; cuts open connections, a running statement is not waited for. */
  close(): Promise<void>
}

/** As much of a request line and its headers as ClickHouse takes: parameters stand in the URL. */
const MAX_HEADER_BYTES = 1024 * 1024
/** Longer than the client keeps an idle connection (2.5 s), so that it is never the server that closes first. */
const KEEP_ALIVE_MS = 10_000

/**
 * As much of ClickHouse's HTTP interface as the client and people with curl need, before an engine that runs one
 * statement at a time. Any user and password is let in.
 */
export function createClickHouseHttpFront({ run, maxBodyBytes }: ClickHouseHttpFrontOptions): ClickHouseHttpFront {
  let fault: ClickHouseFault | undefined
  let lastStatement: Promise<unknown> = Promise.resolve()
  const closing = new AbortController()

  const inTurn = (statement: ClickHouseStatement, response: ServerResponse): Promise<Answer> => {
    const turn = lastStatement.then(async (): Promise<Answer> => {
      // Whoever has gone away while waiting gets no statement run: the engine cannot stop one once it runs.
      if (response.destroyed || closing.signal.aborted) return { status: 200, body: '' }
      try {
        return { status: 200, body: await run(statement) }
      } catch (error) {
        return answerOf(exceptionFromError(error))
      }
    })
    lastStatement = turn
    return turn
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const queryId = url.searchParams.get('query_id') || randomUUID()
    response.setHeader('X-ClickHouse-Query-Id', queryId.replace(/[^\x20-\x7e]/g, '?'))
    if (fault?.kind === 'delay') await sleep(fault.delayMs, undefined, { signal: closing.signal })
    const read = await readBody(request, maxBodyBytes)
    if (fault?.kind === 'status') return send(response, injectedError(fault.status))
    if (fault?.kind === 'garbage') return send(response, { status: 200, body: GARBAGE })
    const cutHalfWay = fault?.kind === 'half_body'
    const reply = await replyTo(request.method ?? 'GET', url, read, (statement) => inTurn(statement, response))
    if (cutHalfWay) sendHalf(response, reply)
    else send(response, reply)
  }

  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      // What rejects here is a client that went away, or close(): there is nobody to answer.
      answer(request, response).catch(() => response.destroy())
    },
  )
  return {
    listen: (port) => listen(server, port),
    setFault: (next) => {
      fault = next
    },
    close: () => {
      closing.abort()
      return close(server)
    },
  }
}

interface Answer {
  readonly status: number
  readonly body: Uint8Array | string
  readonly exceptionCode?: number
}

const GARBAGE = Uint8Array.from([0x00, 0xff, 0x7b, 0x22, 0xfe, 0x0a, 0x3c, 0x21, 0x80, 0x0a, 0x5d])

async function replyTo(
  method: string,
  url: URL,
  read: Awaited<ReturnType<typeof readBody>>,
  runStatement: (statement: ClickHouseStatement) => Promise<Answer>,
): Promise<Answer> {
  if (url.pathname === '/ping') return { status: 200, body: 'Ok.\n' }
  if (url.pathname !== '/') return { status: 404, body: `There is no handle ${url.pathname}\n` }
  if (method !== 'GET' && method !== 'POST') {
    return answerOf(
      clickHouseException(48, 'NOT_IMPLEMENTED', `HTTP method ${method} is not supported: use GET or POST.`),
    )
  }
  if (method === 'GET' && url.search === '') return { status: 200, body: 'Ok.\n' }
  if ('refusal' in read) return answerOf(read.refusal)
  const asked = readStatement(method, url.searchParams, read.body)
  return 'refusal' in asked ? answerOf(asked.refusal) : runStatement(asked.statement)
}

function answerOf({ status, code, text }: ClickHouseException): Answer {
  return { status, body: `${text}\n`, exceptionCode: code }
}

function injectedError(status: number): Answer {
  return { ...answerOf(clickHouseException(1002, 'UNKNOWN_EXCEPTION', 'A fault that was asked for.')), status }
}

function send(response: ServerResponse, reply: Answer): void {
  const body = writeHead(response, reply)
  response.end(body)
}

/** Promises all, sends half, and cuts the connection once that half is on its way. */
function sendHalf(response: ServerResponse, reply: Answer): void {
  const body = writeHead(response, reply)
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
}

function writeHead(response: ServerResponse, { status, body, exceptionCode }: Answer): Buffer {
  const bytes =
    typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (exceptionCode !== undefined) response.setHeader('X-ClickHouse-Exception-Code', exceptionCode)
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8', 'Content-Length': bytes.length })
  return bytes
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The only error that close can give is "not running": what was asked for.
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
