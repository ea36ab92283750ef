import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { IssuedCertificate } from './authority.js'

export interface HttpsFront {
  readonly port: number
  /** Every new connection meets this certificate. */
  useCertificate(certificate: IssuedCertificate): void
  stop(): Promise<void>
}

/** A TLS server on 127.0.0.1 that passes every request on to a server without, as a proxy before ClickHouse does. */
export async function startHttpsFront(target: string, certificate: IssuedCertificate): Promise<HttpsFront> {
  const optionsOf = ({ certificate: cert, key }: IssuedCertificate) => ({ cert, key })
  const server = createServer(optionsOf(certificate), (incoming, outgoing) => {
    const { method, headers, url } = incoming
    const onward = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    useCertificate: (next) => {
      server.setSecureContext(optionsOf(next))
      server.closeIdleConnections()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
