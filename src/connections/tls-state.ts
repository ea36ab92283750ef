import type { TLSSocket } from 'node:tls'
import type { TlsState } from '../domain/connections.js'

/** How an open connection is protected; what was verified before it was, only whoever opened it can say. */
export function tlsStateOf(socket: TLSSocket, verified: TlsState['verified']): TlsState {
  const { subject, issuer, valid_to } = socket.getPeerCertificate()
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    verified,
    subject: String(subject.CN),
    issuer: String(issuer.CN),
    validTo: Date.parse(valid_to),
  }
}
