import { createServer, type Server } from 'node:http'
import type { Express } from 'express'
import type { ListenAddress } from '../domain/connections.js'
import { QuantError } from '../domain/errors.js'

export interface RunningServer {
  readonly url: string
  stop(): Promise<void>
}

/** How long requests under way may take at the end. */
const GRACE_MS = 1_000

/** Listens, or says in one line why it cannot and what to set. */
export async function listen(app: Express, address: ListenAddress, setting: string): Promise<RunningServer> {
  const server = createServer(app)
  server.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(asListenError(error, address, setting)))
    server.listen(address.port, address.host, resolve)
  })
  return { url: urlOf(server, address), stop: () => close(server) }
}

function urlOf(server: Server, { host }: ListenAddress): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearTimeout(timer)
}

function asListenError(error: NodeJS.ErrnoException, { host, port }: ListenAddress, setting: string): QuantError {
  const where = `${host}:${port}`
  const reason =
    error.code === 'EADDRINUSE'
      ? `port ${port} on ${host} is in use: stop what listens there, or set ${setting} to another address`
      : error.code === 'EACCES'
        ? `may not listen on ${where}: set ${setting} to a port above 1023`
        : `cannot listen on ${where} (${error.code ?? error.message}): check ${setting}`
  return new QuantError('listen_failed', reason, { cause: error })
}
