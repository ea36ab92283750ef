import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { IssuedCertificate } from './authority.js'

export interface HttpsFront {
  readonly port: number
  /** Every request as it came. */
  readonly requests: readonly FrontRequest[]
  /** From now on statements run as those of a user with readonly=1, as ClickHouse itself would run them. */
  setReadonly(): void
  /** Every new connection meets this certificate. */
  useCertificate(certificate: IssuedCertificate): void
  stop(): Promise<void>
}

interface FrontRequest {
  readonly url: URL
  readonly body: string
}

/** A TLS server on 127.0.0.1 that passes every request on to a server without, as a proxy before ClickHouse does. */
export async function startHttpsFront(target: string, certificate: IssuedCertificate): Promise<HttpsFront> {
  const optionsOf = ({ certificate: cert, key }: IssuedCertificate) => ({ cert, key })
  const requests: FrontRequest[] = []
  let suffix = ''
  const server = createServer(optionsOf(certificate), async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', target)
    const body = await bodyOf(incoming)
    requests.push({ url, body })
    const { method, headers } = incoming
    const { 'content-length': _, 'transfer-encoding': __, ...kept } = headers
    const onward = request(url, { method, headers: kept }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(body === '' ? '' : `${body}${suffix}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    setReadonly: () => {
      // Written into the statement the engine holds it against what the request sets, as it does with a user's profile.
      suffix = ' SETTINGS readonly = 1'
    },
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

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
